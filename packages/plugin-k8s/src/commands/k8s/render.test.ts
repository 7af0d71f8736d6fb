import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { parse, parseAllDocuments } from "yaml";
import { readConfig } from "../../config/index.ts";
import { manifests } from "../../manifests/index.ts";

test("prints the objects of flags, file and profile; --json is the same in a document", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "noetl.k8s.yaml"), "profile: production\nworkers: { default: { capacity: 3 } }\n");
  const flags = ["--image-ref", "ghcr.io/noetl/noetl:1.2.3", "-n", "flows"];
  const given = { namespace: "flows", image: { ref: "ghcr.io/noetl/noetl:1.2.3" } };
  const text = "workers: { default: { capacity: 3 } }";
  const expected = JSON.parse(
    JSON.stringify(manifests(readConfig({ file: "f", text, profile: "production", given }))),
  ) as unknown;

  const printed = await cli(["k8s", "render", ...flags], { home });
  assert.equal(printed.code, 0, printed.stderr);
  assert.equal(printed.stderr, "");
  assert.deepEqual(
    parseAllDocuments(printed.stdout).map((document) => document.toJS() as unknown),
    expected,
  );
  const list = JSON.parse((await cli(["k8s", "render", ...flags, "--format", "json"], { home })).stdout) as object;
  assert.deepEqual(list, { apiVersion: "v1", kind: "List", items: expected });
  const document = await cli(["k8s", "render", ...flags, "--json"], { home });
  assert.deepEqual(JSON.parse(document.stdout), {
    schema: "noetl.k8s.render/1",
    format: "yaml",
    profile: "production",
    namespace: "flows",
    objects: expected,
  });
});

test("--only leaves the rest out; kind and schema have formats of their own", async (t) => {
  const home = await temporaryFolder(t);
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await cli(["k8s", "render", ...args], { home });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const { stderr } = await cli(["k8s", "render", "--only", "noetl"], { home });
  assert.match(stderr, /no image is named, so image_name:image_tag stands in its place/);
  const names = parseAllDocuments(await run("--only", "nats")).map((each) => (each.toJS() as { kind: string }).kind);
  assert.deepEqual(names, ["Namespace", "ConfigMap", "Secret", "Service", "Service", "StatefulSet"]);
  assert.match(await run("--only", "nats", "-o", "name"), /^namespace\/nats\n[\s\S]*\nstatefulset\/nats\n$/);
  const { nodes } = parse(await run("--format", "kind")) as { nodes: { extraPortMappings: { hostPort: number }[] }[] };
  assert.deepEqual(
    nodes[0]?.extraPortMappings.map(({ hostPort }) => hostPort),
    [8082, 54_321, 30_422, 30_822],
  );
  assert.equal((JSON.parse(await run("--format", "schema")) as { title: string }).title, "noetl.k8s.yaml");
});

test("a chart goes into a folder of its own, and never over something else", async (t) => {
  const home = await temporaryFolder(t);
  const chart = ["k8s", "render", "--format", "helm", "--dir", "chart"];
  assert.equal((await cli(chart, { home })).code, 0);
  const templates = join(home, "chart", "templates");
  assert.ok((await readdir(templates)).includes("statefulset-nats.yaml"));
  assert.match(await readFile(join(home, "chart", "Chart.yaml"), "utf8"), /^apiVersion: v2\nname: noetl\n/);
  assert.equal((await cli([...chart, "--profile", "production"], { home })).code, 0, "an older one is replaced");
  assert.equal((await readdir(templates)).includes("statefulset-nats.yaml"), false);

  await mkdir(join(home, "photos"));
  await writeFile(join(home, "photos", "cat.jpg"), "meow");
  const refused = await cli(["k8s", "render", "--format", "helm", "-d", "photos"], { home });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /photos is not empty, and no chart of ours/);
  assert.deepEqual(await readdir(join(home, "photos")), ["cat.jpg"]);
});

test("what is wrong is said, with its place, and nothing is printed", async (t) => {
  const home = await temporaryFolder(t);
  await writeFile(join(home, "wrong.yaml"), "server:\n  layuot: split\n");
  const CASES: [args: string[], code: number, message: RegExp][] = [
    [
      ["--config", "wrong.yaml"],
      2,
      /wrong\.yaml:2:3: 'layuot' is not known in server; did you mean 'layout'\?\n +2 \| {3}layuot: split\n +\| {3}\^{6}\n/,
    ],
    [["--config", "missing.yaml"], 3, /missing\.yaml is not there/],
    [["-n", "Not_A_Name"], 2, /namespace: lower-case letters/],
    [["--dir", "x"], 2, /--dir is the folder of a chart/],
    [["--only", "nats", "--format", "helm"], 2, /--only chooses manifests/],
    [["--profile", "staging"], 2, /development, production/],
  ];
  await Promise.all(
    CASES.map(async ([args, code, message]) => {
      const ran = await cli(["k8s", "render", ...args], { home });
      assert.equal(ran.code, code, args.join(" "));
      assert.match(ran.stderr, message);
      assert.equal(ran.stdout, "");
    }),
  );
});
