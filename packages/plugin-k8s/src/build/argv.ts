import type { EngineName } from "./engine.ts";

export interface BuildPlan {
  engine: EngineName;
  /** as the engine is to call it */
  ref: string;
  /** comma separated; undefined = what the engine runs on */
  platform: string | undefined;
  noCache: boolean;
  push: boolean;
  /** relative to the build context */
  dockerfile: string;
  buildArgs: { readonly [name: string]: string };
  labels: { readonly [name: string]: string };
}

type Argv = [string, ...string[]];

/** The calls of a build in their order, to be run in the build context (§1.1, §2.1). */
export function buildCalls(plan: BuildPlan): Argv[] {
  return plan.engine === "docker" ? [docker(plan)] : [daemonless(plan), ...pushes(plan)];
}

function docker(plan: BuildPlan): Argv {
  return [
    "docker",
    "buildx",
    "build",
    ...(plan.noCache ? ["--no-cache"] : []),
    "--progress=plain",
    ...platform(plan),
    plan.push ? "--push" : "--load",
    "-t",
    plan.ref,
    ...rest(plan),
  ];
}

function daemonless(plan: BuildPlan): Argv {
  return [
    plan.engine,
    "build",
    ...(plan.noCache ? ["--no-cache"] : []),
    ...platform(plan),
    severalPlatforms(plan.platform) ? "--manifest" : "-t",
    plan.ref,
    ...rest(plan),
  ];
}

function pushes({ engine, ref, push, platform }: BuildPlan): Argv[] {
  if (!push) return [];
  return severalPlatforms(platform)
    ? [[engine, "manifest", "push", "--all", ref, `docker://${ref}`]]
    : [[engine, "push", ref]];
}

export function severalPlatforms(platform: string | undefined): boolean {
  return platform?.includes(",") === true;
}

function platform({ platform }: BuildPlan): string[] {
  return platform === undefined ? [] : ["--platform", platform];
}

function rest({ dockerfile, buildArgs, labels }: BuildPlan): string[] {
  const pairs = (flag: string, values: { readonly [name: string]: string }) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return ["-f", dockerfile, ...pairs("--build-arg", buildArgs), ...pairs("--label", labels), "."];
}
