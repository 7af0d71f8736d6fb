import { isNoetlError, NoetlError } from "@noetl/core";
import type { Exec } from "../exec/index.ts";

export const ENGINES = ["docker", "podman", "buildah"] as const;
export type EngineName = (typeof ENGINES)[number];

export interface Engine {
  name: EngineName;
  version: string;
}

/** Docker's client answers without its server: only the server's version says that it can build. */
const PROBES: { readonly [name in EngineName]: readonly string[][] } = {
  docker: [
    ["version", "--format", "{{.Server.Version}}"],
    ["buildx", "version"],
  ],
  podman: [["version", "--format", "{{.Client.Version}}"]],
  buildah: [["--version"]],
};

const PROBE_MS = 20_000;

/**
 * The engine that was asked for, else the first that answers. Meaning `validation`, saying what each one answered. With
 * `dryRun` one that cannot build now will do: its calls are only shown (§12.1).
 */
export async function chooseEngine(exec: Exec, wanted: EngineName | undefined, dryRun = false): Promise<Engine> {
  const reasons: string[] = [];
  for (const name of wanted === undefined ? ENGINES : [wanted]) {
    const probed = await probe(exec, name);
    if (typeof probed !== "string") return probed;
    reasons.push(`${name}: ${probed}`);
  }
  if (dryRun) return { name: wanted ?? "docker", version: "" };
  const what = wanted === undefined ? "no container engine can build here" : `${wanted} cannot build here`;
  throw new NoetlError("validation", "ENGINE_MISSING", `${what}: ${reasons.join("; ")}`, {
    hint: "start Docker, or install Podman or Buildah; --engine chooses between them",
  });
}

/** The engine, or why it cannot be used. */
async function probe(exec: Exec, name: EngineName): Promise<Engine | string> {
  let version = "";
  for (const args of PROBES[name]) {
    try {
      const { code, stdout, stderr, timedOut } = await exec({
        argv: [name, ...args],
        reads: true,
        timeoutMs: PROBE_MS,
      });
      if (timedOut) return `no answer within ${PROBE_MS / 1_000} s`;
      if (code !== 0) return firstLine(stderr) || `'${name} ${args.join(" ")}' ended with exit code ${code}`;
      version ||= stdout.trim();
    } catch (error) {
      if (isNoetlError(error) && error.code === "PROGRAM_MISSING") return "not on the PATH";
      throw error;
    }
  }
  return { name, version };
}

function firstLine(text: string): string {
  return (
    text
      .split("\n")
      .map((line) => line.trim())
      .find((line) => line !== "") ?? ""
  );
}
