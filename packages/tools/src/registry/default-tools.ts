import { knownKinds } from "@noetl/playbook";
import { noopTool } from "../noop/tool.ts";
import { pythonTool } from "../python/tool.ts";
import { shellTool } from "../shell/tool.ts";
import type { Tool } from "../tool.ts";
import { workbookTool } from "../workbook/tool.ts";
import { unavailableTool } from "./unavailable.ts";

/** What this version can run, and every other kind of DSL §12.3 as unavailable. */
export function defaultTools(): Tool[] {
  const built: Tool[] = [noopTool, pythonTool, shellTool, workbookTool];
  const have = new Set(built.map((tool) => tool.kind));
  const missing = knownKinds.list().filter((spec) => !have.has(spec.kind));
  return [...built, ...missing.map(unavailableTool)];
}
