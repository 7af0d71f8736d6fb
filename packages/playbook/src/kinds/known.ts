import type { ToolCatalog, ToolSpec } from "../tool-spec.ts";
import { callKinds } from "./call.ts";
import { codeKinds } from "./code.ts";
import { dataKinds } from "./data.ts";

/** A catalog over specs; a later spec of the same kind replaces an earlier one. */
export function catalogOf(specs: Iterable<ToolSpec>): ToolCatalog {
  const byKind = new Map<string, ToolSpec>();
  for (const spec of specs) byKind.set(spec.kind.toLowerCase(), spec);
  const byName = new Map<string, ToolSpec>();
  for (const spec of byKind.values()) for (const alias of spec.aliases) byName.set(alias.toLowerCase(), spec);
  for (const [name, spec] of byKind) byName.set(name, spec);
  const list = [...byKind.values()];
  return { get: (name) => byName.get(name.toLowerCase()), list: () => list };
}

/** Every kind the language knows (DSL §12.3), for hosts without tools of their own and as the base of real tools. */
export const knownKinds: ToolCatalog = catalogOf([...codeKinds, ...dataKinds, ...callKinds]);
