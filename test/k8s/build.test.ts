import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type CliOptions, cli, temporaryFolder } from "@noetl/sdk/testing";
import { type Rule, standIns } from "./stand-ins/stand-ins.ts";

const DOCKER: readonly Rule[] = [
  { program: "docker", when: "version --format", stdout: "28.0.0\n" },
  { program: "docker", when: "buildx version", stdout: "v0.20\n" },
  { program: "docker", when: "image inspect", stdout: "sha256:feed linux/amd64 123000000\n" },
  { program: "git", when: "rev-parse HEAD", stdout: "1a2b3c4d5e6f\n" },
  { program: "git", when: "status", stdout: " M src/x.ts\n?? .noetl_last_build.json\n" },
];

async function sourceTree(t: TestContext, rules: readonly Rule[] = [], programs = ["docker", "git"]) {
  const home = await temporaryFolder(t);
  const project = join(home, "project");
  await mkdir(join(project, "docker/noetl/dev"), { recursive: true });
  await mkdir(join(project, ".git"));
  await writeFile(join(project, "docker/noetl/dev/Dockerfile"), "FROM scratch\nARG COMMIT\n");
  const stand = await standIns(home, programs, [...rules, ...DOCKER]);
  const noetl = (args: readonly string[], more: CliOptions = {}) =>
    cli(args, { home, cwd: project, ...more, env: { PATH: stand.path, ...more.env } });
  const tag = () => readFile(join(project, ".noetl_last_build_tag.txt"), "utf8");
  return { noetl, project, stand, tag };
}

test("the call of the engine, the tag, the files, the document", async (t) => {
  const { noetl, project, stand, tag } = await sourceTree(t);
  const { code, stdout, stderr } = await noetl(["build", "--json"]);
  assert.equal(code, 0, stderr);
  const written = await tag();
  assert.match(written, /^\d{8}-\d{6}-1a2b3c4-dirty-[0-9a-f]{4}\n$/);
  const ref = `local/noetl:${written.trim()}`;
  const labels = "--label org.noetl.build=1 --label org.opencontainers.image.revision=1a2b3c4d5e6f";
  assert.deepEqual(await stand.lines(), [
    `docker buildx build --progress=plain --platform linux/amd64 --load -t ${ref} -f docker/noetl/dev/Dockerfile --build-arg COMMIT=1a2b3c4d5e6f ${labels} .`,
  ]);
  const document = JSON.parse(stdout) as { image: string; digest: string; size: number; commit: string };
  assert.equal(document.image, ref);
  assert.deepEqual(
    [document.digest, document.size, document.commit],
    ["sha256:feed", 123_000_000, "1a2b3c4d5e6f-dirty"],
  );
  const beside = JSON.parse(await readFile(join(project, ".noetl_last_build.json"), "utf8")) as { engine: string };
  assert.equal(beside.engine, "docker");

  const deep = await noetl(["build", "--tag", "mine", "--no-cache", "--platform", "native"], {
    cwd: join(project, "docker/noetl"),
  });
  assert.equal(deep.code, 0, deep.stderr);
  assert.match(
    (await stand.lines()).at(-1) ?? "",
    /^docker buildx build --no-cache --progress=plain --load -t local\/noetl:mine /,
  );
  assert.equal(await tag(), "mine\n");
});

test("lines come while the engine works; its stdout is ours, its stderr too", async (t) => {
  const rules = [
    {
      program: "docker",
      when: "buildx build",
      stdout: "#1 first\n",
      stderr: "#2 warned\n",
      thenSeconds: 0.6,
      last: "#3 last\n",
    },
  ];
  const { noetl } = await sourceTree(t, rules);
  let early = "";
  const { code, stdout, stderr } = await noetl(["build"], {
    during: (child) => {
      let heard = "";
      child.stdout?.on("data", (bytes: Buffer) => {
        heard += String(bytes);
        if (heard.includes("#1") && early === "") early = heard;
      });
    },
  });
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(early, /#3/);
  assert.match(stdout, /^#1 first\n#3 last\nbuilt local\/noetl:/);
  assert.match(stderr, /#2 warned/);
});

test("a build that fails, and one that is interrupted, leave the last good tag", async (t) => {
  const { noetl, project, stand, tag } = await sourceTree(t);
  await writeFile(join(project, ".noetl_last_build_tag.txt"), "good\n");
  await stand.rules({ program: "docker", when: "buildx build", stderr: "ERROR: failed to solve\n", code: 7 });
  const failed = await noetl(["build"]);
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /failed to solve[\s\S]*docker buildx ended with exit code 7/);
  await stand.rules({ program: "docker", when: "buildx build", stderr: "#1 long\n", thenSeconds: 60 });
  let killed = false;
  const interrupted = await noetl(["build"], {
    during: (child) => {
      child.stderr?.on("data", (bytes: Buffer) => {
        if (killed || !String(bytes).includes("#1 long")) return;
        killed = true;
        child.kill("SIGINT");
      });
    },
  });
  assert.equal(interrupted.code, 130, interrupted.stderr);
  assert.equal(await tag(), "good\n");
  assert.deepEqual((await readdir(project)).sort(), [".git", ".noetl_last_build_tag.txt", "docker"]);
});

test("no engine: each one's own words, exit 2; the next one is taken when the first does not answer", async (t) => {
  const silent = {
    program: "docker",
    when: "version --format",
    stderr: "Cannot connect to the Docker daemon\n",
    code: 1,
  };
  const { noetl, stand } = await sourceTree(t, [silent]);
  const none = await noetl(["build"]);
  assert.equal(none.code, 2);
  assert.match(
    none.stderr,
    /docker: Cannot connect to the Docker daemon; podman: not on the PATH; buildah: not on the PATH/,
  );
  const asked = await noetl(["build", "--engine", "podman"]);
  assert.equal(asked.code, 2);
  assert.doesNotMatch(asked.stderr, /docker: /);
  await stand.add("podman");
  await stand.rules({ program: "podman", when: "version", stdout: "5.4.0\n" });
  const taken = await noetl(["build", "--tag", "x"]);
  assert.equal(taken.code, 0, taken.stderr);
  assert.match(
    (await stand.lines()).at(-1) ?? "",
    /^podman build --platform linux\/amd64 -t docker\.io\/local\/noetl:x /,
  );
});

test("flags that do not go together, and a folder without a Dockerfile: exit 2, nothing is run", async (t) => {
  const { noetl, stand, project } = await sourceTree(t);
  const cases: [string[], RegExp][] = [
    [["--platform", "linux/amd64,linux/arm64"], /several platforms/],
    [["--push"], /needs a registry/],
    [["--tag", "a b"], /no tag of an image/],
    [["--file", "none"], /there is no .*none/],
    [["--context-dir", ".git"], /no Dockerfile in/],
  ];
  for (const [args, said] of cases) {
    const { code, stderr } = await noetl(["build", ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, said);
  }
  assert.deepEqual(await stand.lines(), []);
  assert.deepEqual((await readdir(project)).sort(), [".git", "docker"]);
});

test("--dry-run prints the call and touches nothing; two builds of one second have different tags", async (t) => {
  const { noetl, stand, project } = await sourceTree(t);
  const { code, stdout } = await noetl(["build", "--dry-run"]);
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^cd .*project && docker buildx build --progress=plain --platform linux\/amd64 --load -t local\/noetl:\S+ -f docker\/noetl\/dev\/Dockerfile .* \.\n$/,
  );
  assert.deepEqual(await stand.lines(), []);
  assert.deepEqual((await readdir(project)).sort(), [".git", "docker"]);
  await stand.rules({ program: "docker", when: "version", stderr: "Cannot connect", code: 1 });
  assert.match((await noetl(["build", "--dry-run"])).stdout, /docker buildx build /, "without an engine that answers");
  await stand.rules(...DOCKER);
  const both = await Promise.all([noetl(["build", "--json"]), noetl(["build", "--json"])]);
  const tags = both.map((ran) => (JSON.parse(ran.stdout) as { tag: string }).tag);
  assert.notEqual(tags[0], tags[1]);
});
