import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type CliOptions, cli, type Ran, temporaryFolder } from "@noetl/sdk/testing";
import { installed, type Rule, type StandIns, standIns } from "./stand-ins/stand-ins.ts";
import { type StubApi, startStubApi } from "./stub/api.ts";

/** Why tests against the stub API are skipped; false when they are not. */
export const withoutKubectl: string | false =
  installed("kubectl") !== undefined && installed("diff") !== undefined
    ? false
    : "kubectl and diff are needed; NOTHING of deploy, diff, remove, reset, status, logs, scale was tested";

export interface Cluster {
  api: StubApi;
  programs: StandIns;
  home: string;
  /** where the commands run: a source tree */
  project: string;
  /** file of the kubeconfig */
  kubeconfig: string;
  noetl(args: readonly string[], options?: CliOptions): Promise<Ran>;
}

const ENGINE: readonly Rule[] = [
  { program: "docker", when: "version --format", stdout: "28.0.0\n" },
  { program: "docker", when: "buildx version", stdout: "v0.20\n" },
  { program: "docker", when: "image inspect", stdout: "sha256:feed linux/amd64 123000000\n" },
  { program: "docker", when: "port", stdout: "127.0.0.1:18082\n" },
  { program: "git", when: "rev-parse", code: 128 },
];

export const TAG = "20260301-101112-1a2b3c4-beef";

/** A cluster `kind-noetl` played by a stub, the real kubectl, everything else by stand-ins, a source tree with a built image. */
export async function startCluster(
  test: TestContext,
  options: Parameters<typeof startStubApi>[0] & { rules?: readonly Rule[] } = {},
): Promise<Cluster> {
  const home = await temporaryFolder(test);
  const api = await startStubApi(options);
  test.after(() => api.stop());
  const programs = await standIns(home, ["kubectl", "kind", "docker", "git"], [...(options.rules ?? []), ...ENGINE]);
  const project = join(home, "project");
  await mkdir(project);
  await writeFile(join(project, "Dockerfile"), "FROM scratch\nARG COMMIT\n");
  await writeFile(join(project, ".noetl_last_build_tag.txt"), `${TAG}\n`);
  const kubeconfig = await writeKubeconfig(home, { "kind-noetl": api.url });
  return {
    api,
    programs,
    home,
    project,
    kubeconfig,
    noetl: (args, more = {}) =>
      cli(args, {
        home,
        cwd: project,
        ...more,
        env: { PATH: programs.path, KUBECONFIG: kubeconfig, ...more.env },
      }),
  };
}

/** Contexts by the address of their API; the first is the current one. */
export async function writeKubeconfig(
  folder: string,
  servers: { readonly [context: string]: string },
): Promise<string> {
  const names = Object.keys(servers);
  const file = join(folder, `kubeconfig-${names.join("-")}.json`);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": names[0],
    clusters: names.map((name) => ({ name, cluster: { server: servers[name] } })),
    users: [{ name: "dev", user: {} }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: "dev" } })),
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}
