import { NoetlError } from "@noetl/core";
import { knownKinds, type ToolSpec } from "@noetl/playbook";
import { artifactTool, resultFetchTool } from "../artifact/tool.ts";
import { authTool } from "../auth/tool.ts";
import { httpTool } from "../http/tool.ts";
import { noopTool } from "../noop/tool.ts";
import { playbookTool } from "../playbook/tool.ts";
import { postgresTool } from "../postgres/tool.ts";
import { pythonTool } from "../python/tool.ts";
import { shellTool } from "../shell/tool.ts";
import { sinkTool } from "../sink/tool.ts";
import type { Tool } from "../tool.ts";
import { workbookTool } from "../workbook/tool.ts";
import { unavailableTool } from "./unavailable.ts";

/** What this version can run, and every other kind of DSL §12.3 as unavailable. */
export function defaultTools(): Tool[] {
  const duckdb = unavailableTool(known("duckdb"));
  const built: Tool[] = [
    pythonTool,
    shellTool,
    httpTool,
    postgresTool,
    playbookTool,
    noopTool,
    artifactTool,
    resultFetchTool,
    sinkTool(duckdb),
    authTool,
    workbookTool,
  ];
  const have = new Set(built.map((tool) => tool.kind));
  const missing = knownKinds.list().filter((spec) => !have.has(spec.kind));
  return [...built, ...missing.map(unavailableTool)];
}

function known(kind: string): ToolSpec {
  const spec = knownKinds.get(kind);
  if (!spec) throw new NoetlError("internal", "BUG", `the language does not know the kind '${kind}'`);
  return spec;
}
