import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finished, Program } from "./program.ts";

export interface Outcome extends Finished {
  /** what `run --json` says of the run itself, ms: without the start of the process */
  duration: number;
}

/** `noetl run` of this text in a data folder (and, unless given, a home) of its own. Rejects unless the run completes. */
export async function runPlaybook(
  program: Program,
  folder: string,
  text: string,
  options: { home?: string; args?: readonly string[]; usage?: boolean } = {},
): Promise<Outcome> {
  const cwd = await mkdtemp(join(folder, "run-"));
  await writeFile(join(cwd, "playbook.yaml"), text);
  const finished = await program.start(["run", "playbook.yaml", "--json", "--quiet", ...(options.args ?? [])], {
    cwd,
    env: { NOETL_HOME: options.home ?? join(cwd, "home") },
    usage: options.usage ?? false,
  });
  const { duration_ms: duration } = JSON.parse(finished.stdout) as { duration_ms: number };
  return { ...finished, duration };
}
