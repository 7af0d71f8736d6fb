import { NoetlError } from "@noetl/core";

export type PlaybookReference = { path: string; version?: number | "latest" } | { catalog_id: string };

/**
 * `path`, `path@3`, `catalog://path@latest`, or an id of the catalog (cli.md §4.1.1). `version` is `--version`. Meaning
 * `validation` for a version that is neither a number nor `latest`: no other version is taken in silence.
 */
export function playbookReference(text: string, version?: string): PlaybookReference {
  if (text.startsWith("pbk_") || /^\d{15,}$/.test(text)) {
    if (version === undefined) return { catalog_id: text };
    throw new NoetlError("validation", "E_VERSION", "an id names one version; --version goes with a path");
  }
  const plain = text.replace(/^catalog:\/\//, "");
  const at = plain.indexOf("@");
  const path = at === -1 ? plain : plain.slice(0, at);
  const wanted = at === -1 ? version : plain.slice(at + 1);
  if (path === "") throw new NoetlError("validation", "E_REFERENCE", `'${text}' names no playbook`);
  return wanted === undefined ? { path } : { path, version: versionOf(wanted) };
}

export function versionOf(text: string): number | "latest" {
  if (text === "latest") return text;
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new NoetlError("validation", "E_VERSION", `'${text}' is no version`, { hint: "a whole number, or latest" });
}

export function referenceText(reference: PlaybookReference): string {
  if ("catalog_id" in reference) return reference.catalog_id;
  return reference.version === undefined ? reference.path : `${reference.path}@${reference.version}`;
}
