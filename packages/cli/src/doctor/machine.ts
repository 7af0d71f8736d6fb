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

/** Every program that a step or a command starts, besides those that belong to the operating system. */
export function programs({ NOETL_PYTHON: python }: Environment): readonly Program[] {
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
    { id: "gcloud", commands: [["gcloud", VERSION]], needed: "steps of kind auth and sinks to gs://" },
    { id: "kubectl", commands: [["kubectl", "version", "--client"]], needed: "noetl k8s and context port-forward" },
    { id: "kind", commands: [["kind", VERSION]], needed: "noetl k8s deploy to a kind cluster, to load the image" },
    {
      id: "minikube",
      commands: [["minikube", "version", "--short"]],
      needed: "noetl k8s deploy to minikube, to load the image",
    },
    { id: "diff", commands: [["diff", VERSION]], needed: "noetl k8s diff" },
    {
      id: "docker",
      commands: [
        ["docker", VERSION],
        ["podman", VERSION],
        ["buildah", VERSION],
      ],
      needed: "noetl build",
    },
    { id: "git", commands: [["git", VERSION]], needed: "noetl build, to name the commit of an image" },
    { id: "npm", commands: [["npm", VERSION]], needed: "noetl plugins install" },
    ...(process.platform === "win32"
      ? []
      : [{ id: "lsof", commands: [["lsof", "-v"]], needed: "noetl server, to name who holds a port" }]),
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

/** The first line that holds a number; undefined when the program cannot be used. */
export async function versionOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await run(command, args, { timeout: 5_000, shell: process.platform === "win32" });
    const lines = (stdout || stderr).split("\n");
    return (lines.find((line) => /\d/.test(line)) ?? lines[0])?.trim();
  } catch (error) {
    // Missing, not executable, or broken: in every case it could not be used.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
