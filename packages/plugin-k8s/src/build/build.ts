import { NoetlError } from "@noetl/core";
import type { Exec } from "../exec/index.ts";
import { type BuildPlan, buildCalls, severalPlatforms } from "./argv.ts";
import { chooseEngine, type Engine, type EngineName } from "./engine.ts";
import { inspectImage } from "./inspect.ts";
import { type Project, projectOf, shownPath } from "./project.ts";
import { engineReference, reference } from "./reference.ts";
import { type Commit, commitOf, declaredArguments } from "./source.ts";
import { checkedTag, freshTag } from "./tag.ts";
import { type LastBuild, writeLastBuild } from "./tag-file.ts";

export interface BuildOptions {
  noCache: boolean;
  /** `linux/amd64`, several with commas, `native` */
  platform: string;
  tag?: string | undefined;
  registry: string;
  image: string;
  file?: string | undefined;
  contextDir?: string | undefined;
  engine?: EngineName | undefined;
  push: boolean;
  dryRun: boolean;
}

export interface BuildHost {
  exec: Exec;
  cwd: string;
  now(): Date;
  /** four characters that differ from call to call */
  random(): string;
  /** the build is about to begin */
  begins(plan: { ref: string; platform: string; engine: Engine; project: Project }): void;
  onLine(line: string, from: "stdout" | "stderr"): void;
}

export interface Built extends LastBuild {
  /** what manifests name */
  ref: string;
  pushed: boolean;
  /** bytes in the local store; null when the image is not there */
  size: number | null;
  dockerfile: string;
  root: string;
  duration_ms: number;
}

/**
 * Builds an image; the tag files are written when it is there and not before. Meanings: `validation` no engine, no
 * Dockerfile, flags that do not go together; `terminal` the build failed; `cancelled` Ctrl-C.
 */
export async function build(options: BuildOptions, host: BuildHost): Promise<Built> {
  const { exec, cwd } = host;
  requirePossible(options);
  const project = projectOf(cwd, options);
  const engine = await chooseEngine(exec, options.engine, options.dryRun);
  const commit = await commitOf(exec, project.context);
  const started = host.now();
  const tag = checkedTag(options.tag ?? freshTag(started, commit, host.random()));
  const ref = reference({ ...options, tag });
  const plan = await planOf({ options, project, engine, commit, ref, tag });
  host.begins({ ref, platform: options.platform, engine, project });
  for (const argv of buildCalls(plan)) {
    const { code } = await exec({ argv, cwd: project.context, onLine: host.onLine, forget: true });
    if (code !== 0) throw failed(argv, code, project);
  }
  const facts = await inspectImage(exec, { ...plan, dryRun: options.dryRun });
  const last: LastBuild = {
    image: ref,
    tag,
    digest: facts.digest,
    platform: facts.platform ?? options.platform,
    engine: engine.name,
    built_at: started.toISOString(),
    commit: commit ? `${commit.id}${commit.dirty ? "-dirty" : ""}` : null,
  };
  if (!options.dryRun) await writeLastBuild(project.root, last);
  return {
    ...last,
    ref,
    pushed: options.push && !options.dryRun,
    size: facts.size,
    dockerfile: project.dockerfile,
    root: project.root,
    duration_ms: host.now().getTime() - started.getTime(),
  };
}

function requirePossible({ platform, push, registry }: BuildOptions): void {
  if (severalPlatforms(platform) && !push) {
    throw new NoetlError(
      "validation",
      "E_PLATFORMS",
      "an image for several platforms has no place in the local store",
      {
        hint: "add --push and --registry, or build for one platform",
      },
    );
  }
  if (push && (registry === "local" || registry === "")) {
    throw new NoetlError("validation", "E_REGISTRY", "--push needs a registry to push to", {
      hint: "--registry ghcr.io/OWNER",
    });
  }
}

async function planOf(from: {
  options: BuildOptions;
  project: Project;
  engine: Engine;
  commit: Commit | undefined;
  ref: string;
  tag: string;
}): Promise<BuildPlan> {
  const { options, project, engine, commit, ref, tag } = from;
  const known = await declaredArguments(project.dockerfile);
  const values = { NOETL_VERSION: tag, ...(commit && { COMMIT: commit.id }) };
  return {
    engine: engine.name,
    ref: engineReference(ref, engine.name),
    platform: options.platform === "native" ? undefined : options.platform,
    noCache: options.noCache,
    push: options.push,
    dockerfile: shownPath(project),
    buildArgs: Object.fromEntries(Object.entries(values).filter(([name]) => known.has(name))),
    labels: { "org.noetl.build": "1", ...(commit && { "org.opencontainers.image.revision": commit.id }) },
  };
}

function failed(argv: readonly string[], code: number, { dockerfile }: Project): NoetlError {
  return new NoetlError("terminal", "BUILD_FAILED", `${argv.slice(0, 2).join(" ")} ended with exit code ${code}`, {
    hint: `the reason stands above; ${dockerfile} is what was built, and the last good tag is kept`,
  });
}
