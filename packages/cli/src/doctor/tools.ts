import type { Environment } from "@noetl/sdk";
import { openRegistry } from "../plugins/tool-registry.ts";
import type { Check } from "./check.ts";

/** Tool kinds of this version, and those that the language knows but this version cannot run. */
export async function checkTools(env: Environment): Promise<Check> {
  const specs = (await openRegistry(env)).list();
  const names = (available: boolean) =>
    specs
      .filter((spec) => spec.available === available)
      .map((spec) => spec.kind)
      .sort();
  const missing = names(false);
  const detail = `${names(true).join(", ")}${missing.length > 0 ? `; not in this version: ${missing.join(", ")}` : ""}`;
  return { name: "tools", verdict: "ok", detail };
}
