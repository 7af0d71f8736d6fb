import { knownKinds } from "@noetl/playbook";
import { artifactTool, resultFetchTool } from "../artifact/tool.ts";
import { authTool } from "../auth/tool.ts";
import { duckdbTool } from "../duckdb/tool.ts";
import { httpTool } from "../http/tool.ts";
import { natsTool } from "../nats/tool.ts";
import { noopTool } from "../noop/tool.ts";
import { playbookTool } from "../playbook/tool.ts";
import { postgresTool } from "../postgres/tool.ts";
import { pythonTool } from "../python/tool.ts";
import { shellTool } from "../shell/tool.ts";
import { sinkTool } from "../sink/tool.ts";
import type { Tool } from "../tool.ts";
import { transferTool } from "../transfer/tool.ts";
import { workbookTool } from "../workbook/tool.ts";
import { unavailableTool } from "./unavailable.ts";

/** What this version can run, and every other kind of DSL §12.3 as unavailable. */
export function defaultTools(): Tool[] {
  const built: Tool[] = [
    pythonTool,
    shellTool,
    httpTool,
    postgresTool,
    duckdbTool,
    natsTool,
    transferTool,
    playbookTool,
    noopTool,
    artifactTool,
    resultFetchTool,
    sinkTool(duckdbTool),
    authTool,
    workbookTool,
  ];
  const have = new Set(built.map((tool) => tool.kind));
  const missing = knownKinds.list().filter((spec) => !have.has(spec.kind));
  return [...built, ...missing.map(unavailableTool)];
}
