import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Manifest } from "../../packages/plugin-k8s/src/manifests/index.ts";
import { manifests } from "../../packages/plugin-k8s/src/manifests/index.ts";
import { VARIANTS, variant } from "../../packages/plugin-k8s/src/manifests/testing/variants.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Of the language and of images that are not ours. */
const FOREIGN = new Set(["TZ"]);

/** Sources of what runs in our containers, tests apart. */
function sources(): string {
  const packages = ["server", "worker", "plugin-process", "plugin-db", "store", "bus", "sdk"];
  const files = packages.flatMap((name) => globSync(`packages/${name}/src/**/*.ts`, { cwd: ROOT }));
  return files
    .filter((file) => !/\.test\.ts$|testing/.test(file))
    .map((file) => readFileSync(join(ROOT, file), "utf8"))
    .join("\n");
}

const isOurs = ({ metadata }: Manifest): boolean => metadata?.labels?.["app.kubernetes.io/name"] === "noetl";

test("no setting is dead: every variable of our pods is read by somebody", () => {
  const text = sources();
  const names = new Set<string>();
  for (const each of VARIANTS) {
    for (const object of manifests(
      variant({ ...each, text: each.text.replaceAll(/env: \{[^}]*\}/g, "env: {}") }),
    ).filter(isOurs)) {
      if (object.kind === "ConfigMap") for (const name of Object.keys(object.data ?? {})) names.add(name);
      if (object.kind !== "Deployment" && object.kind !== "Job") continue;
      for (const { env = [] } of object.spec?.template?.spec?.containers ?? [])
        for (const { name } of env) names.add(name);
    }
  }
  assert.ok(names.size > 20, [...names].join(" "));
  for (const name of names) {
    if (!FOREIGN.has(name)) assert.match(text, new RegExp(`\\b${name}\\b`), `${name} is read nowhere`);
  }
});

test("names of streams and consumers are the ones of the bus", () => {
  const bus = readFileSync(join(ROOT, "packages/bus/src/nats/bus.ts"), "utf8");
  const server = manifests(variant({ profile: "development", text: "" })).find(
    ({ kind, metadata }) => kind === "ConfigMap" && metadata?.name === "noetl-server-config",
  );
  assert.ok(server?.kind === "ConfigMap");
  assert.ok(bus.includes(`"${server.data?.NATS_STREAM}"`));
  assert.ok(bus.includes(`"${server.data?.NATS_CONSUMER}"`));
});
