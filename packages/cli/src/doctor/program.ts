import type { Environment } from "@noetl/sdk";
import { shimOf } from "../conduct/shim.ts";
import { version } from "../conduct/version.ts";
import type { Check } from "./check.ts";
import { checkNode } from "./machine.ts";

/** Which of the ways to run this is: source, JavaScript bundle or binary, on what, started by whom. */
export function checkProgram(env: Environment): Check {
  const { version: own, commit, build, runtime, platform } = version();
  const which = `${build} ${own}${commit ? ` (${commit})` : ""} for ${platform} on ${runtime.name} ${runtime.version}`;
  const where = build === "binary" ? process.execPath : (process.argv[1] ?? process.execPath);
  const shim = shimOf(env);
  const by = { replaced: "which replaced", parent: "started by" };
  const started = shim ? `, ${by[shim.kind]} ${shim.path}` : "";
  const detail = `${which}: ${where}${started}`;
  if (build === "binary") return { id: "program", status: "ok", detail };
  const node = checkNode(process.version);
  return node.status === "ok" ? { ...node, id: "program", detail } : { ...node, id: "program" };
}
