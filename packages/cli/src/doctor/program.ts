import type { Environment } from "@noetl/sdk";
import { shimOf } from "../conduct/shim.ts";
import { version } from "../conduct/version.ts";
import type { Check } from "./check.ts";
import { checkNode } from "./machine.ts";

/** Which of the ways to run this is: source, JavaScript bundle or binary, on what, started by whom. */
export function checkProgram(env: Environment): Check {
  const { version: own, commit, build, runtime, platform } = version();
  const which = `${build} ${own}${commit ? ` (${commit})` : ""} for ${platform} on ${runtime.name} ${runtime.version}`;
  if (build !== "binary") {
    const node = checkNode(process.version);
    return { ...node, name: "program", detail: node.verdict === "ok" ? which : `${which}, which is too old` };
  }
  const shim = shimOf(env);
  const by = { replaced: "which replaced", parent: "started by" };
  const started = shim ? `, ${by[shim.kind]} ${shim.path}` : "";
  return { name: "program", verdict: "ok", detail: `${which}: ${process.execPath}${started}` };
}
