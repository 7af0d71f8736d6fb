import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "@noetl/sdk/testing";
import { PLACEHOLDER_IMAGE } from "../config/index.ts";
import type { Exec } from "../exec/index.ts";
import { chooseImage, onThisMachineOnly } from "./choose.ts";
import { loaderOf, loadImage } from "./load.ts";

test("the tag file in every form it ever had", async (t) => {
  const folder = await temporaryFolder(t);
  const file = join(folder, ".noetl_last_build_tag.txt");
  const from = { configured: PLACEHOLDER_IMAGE, folder };
  const forms: [text: string, ref: string][] = [
    ["2025-11-03-14-25", "local/noetl:2025-11-03-14-25"],
    ["20260101-000000-abc\n", "local/noetl:20260101-000000-abc"],
    ["20260101-000000-abc\r\n", "local/noetl:20260101-000000-abc"],
    ["  20260101-000000-abc  \n\n", "local/noetl:20260101-000000-abc"],
    ["local/noetl:2025-11-03-14-25", "local/noetl:2025-11-03-14-25"],
    ["ghcr.io/acme/noetl:1\n", "ghcr.io/acme/noetl:1"],
  ];
  await assert.rejects(chooseImage(from), { code: "TAG_MISSING", hint: /noetl build/ });
  for (const [text, ref] of forms) {
    await writeFile(file, text);
    assert.deepEqual(await chooseImage(from), { ref });
  }
  for (const text of ["", "\n", "no tag!\n", "-x"]) {
    await writeFile(file, text);
    await assert.rejects(chooseImage(from), { code: "TAG_INVALID", meaning: "validation" });
  }
});

test("flags before the configuration before the last build", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, ".noetl_last_build_tag.txt"), "built\n");
  const ref = async (more: object) => (await chooseImage({ configured: PLACEHOLDER_IMAGE, folder, ...more })).ref;
  assert.equal(await ref({}), "local/noetl:built");
  assert.equal(await ref({ configured: "ghcr.io/a/noetl:2" }), "ghcr.io/a/noetl:2");
  assert.equal(await ref({ configured: "ghcr.io/a/noetl:2", tag: "t" }), "local/noetl:t");
  assert.equal(await ref({ imageRef: "x/y:1", configured: "ghcr.io/a/noetl:2" }), "x/y:1");
  await assert.rejects(ref({ tag: "a b" }), { code: "TAG_INVALID" });
});

test("which names say that the image is on this machine only", () => {
  const names = {
    "local/noetl:1": true,
    "noetl:1": true,
    "ghcr.io/a/noetl:1": false,
    "localhost:5000/noetl:1": false,
    "localhost/noetl": false,
  };
  for (const [name, expected] of Object.entries(names)) assert.equal(onThisMachineOnly(name), expected, name);
});

test("how an image gets to the nodes, by engine and cluster; the file in between does not stay", async () => {
  const lines: string[] = [];
  let archive = "";
  const exec: Exec = async ({ argv }) => {
    archive =
      argv.find((word) => word.startsWith("/") && word.endsWith("image.tar")) ??
      /docker-archive:([^:]+)/.exec(argv.join(" "))?.[1] ??
      archive;
    lines.push(argv.map((word) => (word.includes("image.tar") ? word.replace(archive, "FILE") : word)).join(" "));
    return { code: 0, stdout: "", stderr: "", timedOut: false };
  };
  const load = (engine: "docker" | "podman" | "buildah", context: string) =>
    loadImage(exec, { ref: "local/noetl:1", engine, context, dryRun: false });
  await load("docker", "kind-noetl");
  await load("docker", "minikube");
  await load("podman", "kind-other");
  await load("buildah", "minikube");
  assert.deepEqual(lines, [
    "kind load docker-image local/noetl:1 --name noetl",
    "minikube image load local/noetl:1 -p minikube",
    "podman save -o FILE docker.io/local/noetl:1",
    "kind load image-archive FILE --name other",
    "buildah push docker.io/local/noetl:1 docker-archive:FILE:docker.io/local/noetl:1",
    "minikube image load FILE -p minikube",
  ]);
  assert.equal(existsSync(archive), false);
  assert.deepEqual(["kind-x", "minikube", "docker-desktop", "prod"].map(loaderOf), [
    "kind",
    "minikube",
    undefined,
    undefined,
  ]);
  const no: Exec = async () => ({ code: 1, stdout: "", stderr: "a\nERROR: no nodes\n", timedOut: false });
  await assert.rejects(loadImage(no, { ref: "x:1", engine: "docker", context: "kind-a", dryRun: false }), {
    code: "IMAGE_LOAD_FAILED",
    message: /kind load docker-image: ERROR: no nodes/,
  });
});
