import { createRegistry } from "@noetl/tools";
import type { Check } from "./check.ts";

/** Tool kinds of this version, and those that the language knows but this version cannot run. */
export function checkTools(): Check {
  const specs = createRegistry().list();
  const names = (available: boolean) =>
    specs
      .filter((spec) => spec.available === available)
      .map((spec) => spec.kind)
      .sort();
  const missing = names(false);
  const detail = `${names(true).join(", ")}${missing.length > 0 ? `; not in this version: ${missing.join(", ")}` : ""}`;
  return { name: "tools", verdict: "ok", detail };
}
