import { stringify } from "yaml";

/** Objects as a stream of YAML documents. */
export function yamlStream(objects: readonly unknown[]): string {
  return objects.map((each) => `---\n${yamlText(each)}`).join("");
}

export function yamlText(object: unknown): string {
  return stringify(object, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Objects as one document that kubectl takes as well. */
export function jsonList(objects: readonly unknown[]): string {
  return `${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }, null, 2)}\n`;
}
