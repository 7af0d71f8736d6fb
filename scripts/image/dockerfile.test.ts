import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readDockerfile } from "./dockerfile.ts";

const file = fileURLToPath(new URL("../../Dockerfile", import.meta.url));
const text = readFileSync(file, "utf8");
const stages = readDockerfile(text);
const stage = (name: string) => {
  const found = stages.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
};

test("nothing runs in the platform of the image, so that it needs no emulation", () => {
  assert.match(text, /^FROM --platform=\$BUILDPLATFORM .* AS build$/m);
  for (const name of ["server", "worker"]) assert.deepEqual(stage(name).run, []);
});

test("bases are pinned, and no instruction is one a linter warns of", () => {
  for (const line of text.match(/^FROM .*/gm) ?? []) {
    const base = line.split(/\s+/).filter((word) => !word.startsWith("--"))[1] ?? "";
    assert.ok(stages.some(({ name }) => name === base) || /:\d+\.\d+\.\d+/.test(base), line);
  }
  assert.doesNotMatch(text, /^(ADD|MAINTAINER)\b|\bsudo\b|:latest|apt-get upgrade|apt install/m);
  for (const run of stage("build").run.filter((each) => each.includes("apt-get"))) {
    if (run.includes("apt-get install")) assert.match(run, /--no-install-recommends/);
    assert.match(run, /rm -rf \/var\/lib\/apt\/lists/);
  }
});

test("it runs as nobody in particular, in the foreground, with a first process that cleans up", () => {
  for (const name of ["server", "worker"]) {
    const { user, entrypoint, cmd, env } = stage(name);
    assert.match(user, /^[1-9]\d+:[1-9]\d+$/);
    assert.equal(entrypoint[0], "/usr/local/bin/tini");
    assert.ok(cmd.includes("--foreground"));
    assert.equal(env.NOETL_HOME, "/var/lib/noetl");
  }
  assert.equal(stage("server").healthcheck[0], "python3");
});
