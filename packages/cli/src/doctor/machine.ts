import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Environment } from "@noetl/sdk";
import type { Check } from "./check.ts";

const run = promisify(execFile);

/** Node itself: 22.15 brings what the embedded store needs. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  const enough = major > 22 || (major === 22 && minor >= 15);
  return enough
    ? { id: "node", status: "ok", detail: version }
    : { id: "node", status: "fail", detail: `${version} is too old`, hint: "install Node 22.15 or newer" };
}

interface Program {
  id: string;
  /** the first that answers is taken */
  commands: readonly (readonly string[])[];
  needed: string;
}

const VERSION = "--version";

function programs({ NOETL_PYTHON: python }: Environment): readonly Program[] {
  return [
    { id: "bash", commands: [["bash", VERSION]], needed: "steps of kind shell" },
    {
      id: "python",
      commands: python
        ? [[python, VERSION]]
        : [
            ["python3", VERSION],
            ["python", VERSION],
          ],
      needed: "steps of kind python",
    },
    { id: "kubectl", commands: [["kubectl", "version", "--client"]], needed: "noetl k8s and context port-forward" },
    { id: "docker", commands: [["docker", VERSION]], needed: "noetl build" },
    { id: "npm", commands: [["npm", VERSION]], needed: "noetl plugins install" },
  ];
}

/** Programs that are started. Missing ones are only noted: not everybody needs each of them. */
export function checkPrograms(env: Environment): Promise<Check[]> {
  return Promise.all(
    programs(env).map(async ({ id, commands, needed }): Promise<Check> => {
      for (const [command = "", ...args] of commands) {
        const version = await versionOf(command, args);
        if (version !== undefined) return { id, status: "ok", detail: version };
      }
      return { id, status: "note", detail: "not found", hint: `needed by ${needed}` };
    }),
  );
}

async function versionOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(command, args, { timeout: 5_000, shell: process.platform === "win32" });
    return (stdout || stderr).split("\n")[0]?.trim();
  } catch (error) {
    // Missing, not executable, or broken: in every case it could not be used.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
