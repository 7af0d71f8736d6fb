import { isObject } from "@noetl/core";

type Path = readonly string[];
/** Leaves of an object, as `metadata.managedFields` writes them; the key is the path as text. */
export type FieldSet = Map<string, Path>;

/** Lists whose elements have keys; the others are one value (structured merge). */
const KEYS: { readonly [list: string]: readonly string[] } = {
  containers: ["name"],
  initContainers: ["name"],
  volumes: ["name"],
  env: ["name"],
  imagePullSecrets: ["name"],
  volumeMounts: ["mountPath"],
  topologySpreadConstraints: ["topologyKey", "whenUnsatisfiable"],
};

export function keyOfElement(list: string, element: unknown): { [key: string]: unknown } | undefined {
  if (!isObject(element)) return undefined;
  if (list === "ports") {
    const name = "containerPort" in element ? "containerPort" : "port";
    return name in element ? { [name]: element[name], protocol: element.protocol ?? "TCP" } : undefined;
  }
  const keys = KEYS[list];
  return keys && Object.fromEntries(keys.map((key) => [key, element[key]]));
}

/** What an applied configuration or a patch sets. Names and versions belong to nobody. */
export function fieldsOf(object: { readonly [key: string]: unknown }): FieldSet {
  const found: FieldSet = new Map();
  const add = (path: Path) => found.set(JSON.stringify(path), path);
  const walk = (value: unknown, path: Path, name: string) => {
    if (isObject(value) && Object.keys(value).length > 0) {
      for (const [key, below] of Object.entries(value)) walk(below, [...path, `f:${key}`], key);
    } else if (Array.isArray(value) && value.length > 0 && value.every((one) => keyOfElement(name, one))) {
      for (const element of value) {
        const here = [...path, `k:${JSON.stringify(keyOfElement(name, element))}`];
        add([...here, "."]);
        walk(element, here, "");
      }
    } else add(path);
  };
  for (const [key, value] of Object.entries(object)) {
    if (key === "apiVersion" || key === "kind" || key === "status") continue;
    if (key !== "metadata") walk(value, [`f:${key}`], key);
    else if (isObject(value)) {
      for (const part of ["labels", "annotations"])
        if (isObject(value[part])) walk(value[part], ["f:metadata", `f:${part}`], part);
    }
  }
  return found;
}

export function toFieldsV1(fields: FieldSet): object {
  const root: Record<string, unknown> = {};
  for (const path of fields.values()) {
    let at = root;
    for (const step of path) {
      at[step] ??= {};
      at = at[step] as Record<string, unknown>;
    }
  }
  return root;
}

export function fromFieldsV1(value: unknown, path: Path = []): FieldSet {
  const found: FieldSet = new Map();
  if (!isObject(value) || Object.keys(value).length === 0) {
    if (path.length > 0) found.set(JSON.stringify(path), path);
    return found;
  }
  for (const [step, below] of Object.entries(value)) {
    for (const [key, leaf] of fromFieldsV1(below, [...path, step])) found.set(key, leaf);
  }
  return found;
}

/** The value at a path; undefined when it is not there. */
export function at(object: unknown, path: Path): unknown {
  let value = object;
  for (const [index, step] of path.entries()) {
    if (step === ".") return true;
    if (step.startsWith("f:")) value = isObject(value) ? value[step.slice(2)] : undefined;
    else value = Array.isArray(value) ? value.find((one) => isElement(one, path[index - 1] ?? "", step)) : undefined;
  }
  return value;
}

export function isElement(element: unknown, list: string, step: string): boolean {
  return JSON.stringify(keyOfElement(list.slice(2), element)) === step.slice(2);
}

/** Takes what is at a path away. */
export function without(object: unknown, [step = "", ...rest]: Path, list = ""): unknown {
  if (step.startsWith("f:") && isObject(object)) {
    const key = step.slice(2);
    if (!(key in object)) return object;
    const { [key]: value, ...others } = object;
    return rest.length === 0 ? others : { ...object, [key]: without(value, rest, step) };
  }
  if (step.startsWith("k:") && Array.isArray(object)) {
    return object.flatMap((one) => {
      if (!isElement(one, list, step)) return [one];
      return rest[0] === "." ? [] : [without(one, rest)];
    });
  }
  return object;
}

export const shownPath = (path: Path): string =>
  path.map((step) => (step.startsWith("f:") ? `.${step.slice(2)}` : `[${step.slice(2)}]`)).join("");
