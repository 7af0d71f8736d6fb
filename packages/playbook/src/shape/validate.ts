import { isTemplateText, keyOf, type MapNode, type Node } from "../read/node.ts";
import type { Report } from "../report/report.ts";
import { suggestion } from "../report/suggest.ts";
import type { ToolCatalog } from "../tool-spec.ts";
import type { Shape, Validation } from "./shape.ts";

/** Reports everything in which a (rewritten) tree differs from its shape. Null counts as absent everywhere. */
export function validate(node: Node, shape: Shape, what: string, report: Report, tools: ToolCatalog): void {
  const validation: Validation = {
    report,
    tools,
    validate: (inner, innerShape, name, innerReport = report) => validate(inner, innerShape, name, innerReport, tools),
  };
  switch (shape.type) {
    case "any":
      break;
    case "custom":
      shape.check(node, validation);
      break;
    case "text":
      checkText(node, shape, what, report);
      break;
    case "word":
      checkWord(node, shape, what, report);
      break;
    case "flag":
      if (!isFlag(node)) mismatch(node, shape, what, "true or false", report);
      break;
    case "number":
      checkNumber(node, shape, what, report);
      break;
    case "cond":
      if (!isCondition(node)) {
        mismatch(node, shape, what, "a condition: a template, true, false, or a list of them", report);
      }
      break;
    case "dict":
      checkDict(node, shape, what, validation);
      break;
    case "keys":
      if (node.type === "map") checkKeys(node, shape, what, validation);
      else mismatch(node, shape, what, "a map", report);
      break;
    case "list":
      checkList(node, shape, what, validation);
      break;
  }
}

export function isCondition(node: Node): boolean {
  if (node.type === "scalar") return typeof node.value !== "number";
  return node.type === "list" && node.items.every((item) => item.type === "scalar" && typeof item.value !== "number");
}

function isNull(node: Node): boolean {
  return node.type === "scalar" && node.value === null;
}

function isTemplate(node: Node): boolean {
  return node.type === "scalar" && isTemplateText(node.value);
}

function isFlag(node: Node): boolean {
  if (node.type !== "scalar") return false;
  return typeof node.value === "boolean" || isTemplateText(node.value) || /^(true|false)$/i.test(String(node.value));
}

function checkText(node: Node, shape: Shape & { type: "text" }, what: string, report: Report): void {
  if (node.type !== "scalar") mismatch(node, shape, what, "text", report);
  else if (String(node.value ?? "").trim().length < (shape.min ?? 0)) {
    mismatch(node, shape, what, "non-empty text", report);
  }
}

function checkWord(node: Node, shape: Shape & { type: "word" }, what: string, report: Report): void {
  if (shape.templated && isTemplate(node)) return;
  const value = node.type === "scalar" ? String(node.value) : undefined;
  if (value !== undefined && shape.words.includes(value)) return;
  const message = `${what} must be ${oneOf(shape.words)}${value === undefined ? "" : `, not '${value}'`}`;
  report.error(
    shape.code ?? "E_TYPE",
    node,
    message,
    value === undefined ? undefined : suggestionFor(value, shape.words),
  );
}

function suggestionFor(value: string, words: readonly string[]): string | undefined {
  const hint = suggestion(value, words);
  return hint?.startsWith("did you mean") ? hint : undefined;
}

function oneOf(words: readonly string[]): string {
  return words.length === 1 ? `'${words[0]}'` : `one of ${words.join(", ")}`;
}

function checkNumber(node: Node, shape: Shape & { type: "number" }, what: string, report: Report): void {
  if (isTemplate(node)) return;
  const raw = node.type === "scalar" ? node.value : undefined;
  const value = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  const fits =
    typeof value === "number" &&
    Number.isFinite(value) &&
    value >= (shape.min ?? Number.NEGATIVE_INFINITY) &&
    (!shape.integer || Number.isInteger(value));
  if (fits) return;
  const kind = shape.integer ? "a whole number" : "a number";
  const bound = shape.min === undefined ? "" : ` of at least ${shape.min}`;
  mismatch(node, shape, what, `${kind}${bound}, or a template`, report);
}

function mismatch(node: Node, shape: Shape, what: string, expected: string, report: Report): void {
  report.error(shape.code ?? "E_TYPE", node, `${what} must be ${expected}, not ${found(node)}`);
}

function found(node: Node): string {
  if (node.type !== "scalar") return node.type === "map" ? "a map" : "a list";
  if (node.value === null || node.value === "") return "empty";
  const shown = String(node.value).split("\n", 1)[0] ?? "";
  return `'${shown.length > 40 ? `${shown.slice(0, 40)}…` : shown}'`;
}

function checkDict(node: Node, shape: Shape & { type: "dict" }, what: string, validation: Validation): void {
  if (node.type !== "map") {
    if (shape.templated && isTemplate(node)) return;
    mismatch(node, shape, what, shape.templated ? "a map or a template" : "a map", validation.report);
    return;
  }
  for (const [key, entry] of node.entries) {
    if (shape.values && !isNull(entry.value)) validation.validate(entry.value, shape.values, `${what}.${key}`);
  }
}

function checkKeys(node: MapNode, shape: Shape & { type: "keys" }, what: string, validation: Validation): void {
  const { report } = validation;
  for (const [key, code] of Object.entries(shape.required ?? {})) {
    const value = node.entries.get(key)?.value;
    if (value === undefined || isNull(value)) report.error(code, node, `${what} needs '${key}'`);
  }
  for (const [key, entry] of node.entries) {
    const field = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
    if (field !== undefined) {
      if (!isNull(entry.value)) validation.validate(entry.value, field, what === "" ? key : `${what}.${key}`);
    } else if (!shape.open) {
      if (key.startsWith("$")) continue; // made by rewriting
      if (shape.unknownCode !== undefined && report.profile !== "strict") {
        const hint = suggestion(key, Object.keys(shape.keys));
        report.warn(shape.unknownCode, keyOf(node, key), `unknown key '${key}' of ${what} is ignored`, hint);
      } else {
        const hint = shape.hint?.(key, node, validation.tools);
        report.unknownKey(keyOf(node, key), key, Object.keys(shape.keys), hint === undefined ? {} : { hint });
      }
    }
  }
}

function checkList(node: Node, shape: Shape & { type: "list" }, what: string, validation: Validation): void {
  const { report } = validation;
  if (node.type !== "list") {
    if (shape.orOne) validation.validate(node, shape.items, what);
    else mismatch(node, shape, what, "a list", report);
    return;
  }
  if (node.items.length < (shape.min ?? 0)) {
    report.error(shape.minCode ?? shape.code ?? "E_TYPE", node, shape.minMessage ?? `${what} must not be empty`);
  }
  node.items.forEach((item, index) => {
    const scope = shape.scope?.(item, index);
    validation.validate(item, shape.items, what, scope ? report.within(scope) : report);
  });
}
