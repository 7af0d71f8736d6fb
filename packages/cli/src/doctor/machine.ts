import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Check } from "./check.ts";

const run = promisify(execFile);

/** Node itself: 22.15 brings what the embedded store needs. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const enough = major > 22 || (major === 22 && minor >= 15);
  return enough
    ? { name: "node", verdict: "ok", detail: version }
    : { name: "node", verdict: "fail", detail: `${version} is too old`, hint: "install Node 22.15 or newer" };
}

const PROGRAMS: readonly { name: string; commands: readonly string[]; needed: string }[] = [
  { name: "bash", commands: ["bash"], needed: "steps of kind shell" },
  { name: "python", commands: ["python3", "python"], needed: "steps of kind python" },
];

/** Programs that tools start. Missing ones are only noted: a playbook may not need them. */
export function checkPrograms(): Promise<Check[]> {
  return Promise.all(
    PROGRAMS.map(async ({ name, commands, needed }): Promise<Check> => {
      for (const command of commands) {
        const version = await versionOf(command);
        if (version !== undefined) return { name, verdict: "ok", detail: version };
      }
      return { name, verdict: "note", detail: "not found", hint: `needed by ${needed}` };
    }),
  );
}

async function versionOf(command: string): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(command, ["--version"], { timeout: 5_000 });
    return (stdout || stderr).split("\n")[0]?.trim();
  } catch (error) {
    // Missing, not executable, or broken: in every case a step could not use it.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
