import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@noetl/sdk/testing";
import { buildCalls } from "./argv.ts";
import { projectOf, tagFolder } from "./project.ts";
import { engineReference } from "./reference.ts";
import { checkedTag, freshTag } from "./tag.ts";
import { type LastBuild, readLastTag, writeLastBuild } from "./tag-file.ts";

const plan = {
  engine: "docker",
  ref: "local/noetl:1",
  platform: "linux/amd64",
  noCache: false,
  push: false,
  dockerfile: "docker/noetl/dev/Dockerfile",
  buildArgs: {},
  labels: {},
} as const;

test("the calls of each engine", () => {
  const lines = (more: object) => buildCalls({ ...plan, ...more }).map((argv) => argv.join(" "));
  const end = "-t local/noetl:1 -f docker/noetl/dev/Dockerfile .";
  assert.deepEqual(lines({}), [`docker buildx build --progress=plain --platform linux/amd64 --load ${end}`]);
  assert.deepEqual(lines({ noCache: true, platform: undefined }), [
    `docker buildx build --no-cache --progress=plain --load ${end}`,
  ]);
  assert.deepEqual(lines({ engine: "podman" }), [`podman build --platform linux/amd64 ${end}`]);
  assert.deepEqual(lines({ engine: "buildah", push: true }), [
    `buildah build --platform linux/amd64 ${end}`,
    "buildah push local/noetl:1",
  ]);
  assert.deepEqual(lines({ engine: "podman", push: true, platform: "linux/amd64,linux/arm64" }), [
    `podman build --platform linux/amd64,linux/arm64 --manifest local/noetl:1 -f docker/noetl/dev/Dockerfile .`,
    "podman manifest push --all local/noetl:1 docker://local/noetl:1",
  ]);
  assert.deepEqual(lines({ buildArgs: { COMMIT: "abc" }, labels: { "a.b": "1" }, push: true }), [
    "docker buildx build --progress=plain --platform linux/amd64 --push -t local/noetl:1 -f docker/noetl/dev/Dockerfile --build-arg COMMIT=abc --label a.b=1 .",
  ]);
});

test("engines without a daemon get a name that nodes read the same way", () => {
  assert.equal(engineReference("local/noetl:1", "docker"), "local/noetl:1");
  assert.equal(engineReference("local/noetl:1", "podman"), "docker.io/local/noetl:1");
  assert.equal(engineReference("noetl:1", "podman"), "docker.io/library/noetl:1");
  assert.equal(engineReference("ghcr.io/a/noetl:1", "buildah"), "ghcr.io/a/noetl:1");
  assert.equal(engineReference("localhost:5000/noetl:1", "podman"), "localhost:5000/noetl:1");
});

test("cli.md §8 #45: tags: UTC, the commit, and a difference between two of one second", () => {
  const now = new Date("2026-03-01T10:11:12.345Z");
  const commit = { id: "1a2b3c4d5e", short: "1a2b3c4", dirty: true };
  assert.equal(freshTag(now, commit, "beef"), "20260301-101112-1a2b3c4-dirty-beef");
  assert.equal(freshTag(now, undefined, "0001"), "20260301-101112-0001");
  assert.throws(() => checkedTag("a b"), { code: "TAG_INVALID" });
  assert.throws(() => checkedTag("-x"), { code: "TAG_INVALID" });
  assert.equal(checkedTag("v1.2_3-x"), "v1.2_3-x");
});

test("the nearest Dockerfile upwards, up to the repository and not beyond it", async (t) => {
  const root = await temporaryFolder(t);
  const repository = join(root, "repository");
  const deep = join(repository, "a", "b");
  await mkdir(deep, { recursive: true });
  await writeFile(join(root, "Dockerfile"), "FROM outside");
  await mkdir(join(repository, ".git"));
  assert.throws(() => projectOf(deep, {}), { code: "DOCKERFILE_MISSING", meaning: "validation" });
  await writeFile(join(repository, "Dockerfile"), "FROM scratch");
  assert.deepEqual(projectOf(deep, {}), {
    root: repository,
    context: repository,
    dockerfile: join(repository, "Dockerfile"),
  });
  await mkdir(join(repository, "docker/noetl/dev"), { recursive: true });
  await writeFile(join(repository, "docker/noetl/dev/Dockerfile"), "FROM scratch");
  assert.equal(projectOf(deep, {}).dockerfile, join(repository, "docker/noetl/dev/Dockerfile"));
  assert.equal(projectOf(deep, { file: "../../Dockerfile", contextDir: "." }).context, deep);
  assert.throws(() => projectOf(deep, { file: "none" }), { code: "DOCKERFILE_MISSING" });
  assert.throws(() => projectOf(deep, { contextDir: "none" }), { code: "E_FOLDER_MISSING" });
  await writeFile(join(repository, "a", ".noetl_last_build_tag.txt"), "x\n");
  assert.equal(tagFolder(deep), join(repository, "a"));
  assert.equal(tagFolder(root), root);
});

test("the tag file is whole, its neighbour says more, and an older one without neighbour is read, too", async (t) => {
  const folder = await temporaryFolder(t);
  const build: LastBuild = {
    image: "local/noetl:1",
    tag: "1",
    digest: null,
    platform: "linux/amd64",
    engine: "docker",
    built_at: "2026-03-01T10:11:12.000Z",
    commit: "abc",
  };
  await writeLastBuild(folder, build);
  assert.equal(await readFile(join(folder, ".noetl_last_build_tag.txt"), "utf8"), "1\n");
  assert.deepEqual((await readdir(folder)).sort(), [".noetl_last_build.json", ".noetl_last_build_tag.txt"]);
  assert.deepEqual(await readLastTag(folder), { text: "1", build });
  await writeFile(join(folder, ".noetl_last_build_tag.txt"), "2025-11-03-14-25");
  assert.deepEqual(await readLastTag(folder), { text: "2025-11-03-14-25" });
  await writeFile(join(folder, ".noetl_last_build.json"), "{broken");
  assert.deepEqual(await readLastTag(folder), { text: "2025-11-03-14-25" });
  await assert.rejects(readLastTag(join(folder, "none")), { code: "TAG_MISSING", meaning: "validation" });
});
