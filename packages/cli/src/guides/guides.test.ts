import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT, palette } from "@noetl/sdk";
import { REPOSITORY } from "@noetl/sdk/testing";
import { guideText } from "./draw.ts";
import { environment } from "./environment.ts";
import { guides } from "./guides.ts";

/** What one of our processes or steps tells another, and words that are no variables of people. */
const INTERNAL = new Set([
  ...["NOETL_SHIM", "NOETL_SHIM_PID", "NOETL_SHIM_PARENT", "NOETL_PLUGIN_CALL"],
  ...["NOETL_EXECUTION_ID", "NOETL_STEP", "NOETL_EXPORTS", "NOETL_OUTPUT", "NOETL_PLAYBOOK_DIR"],
  ...["NOETL_CREDENTIAL_", "NOETL_SECRET_", "NOETL_CREDENTIAL_NAME", "NOETL_SECRET_NAME"],
  ...["NOETL_TEST_HOST", "NOETL_TEST_PROGRAM", "NOETL_SKIP_LIB_VALIDATION", "NOETL_NATS_URL"],
]);
const PACKAGES = ["cli", "sdk", "client", "plugin-catalog", "plugin-db", "runner", "store", "pipeline", "tools"];

test("every variable that a command or a run here reads is in noetl help environment", () => {
  const told = new Set(environment.parts.flatMap(({ rows = [] }) => rows.flatMap(([term]) => term.split(", "))));
  const missing = PACKAGES.flatMap((name) => {
    const folder = join(REPOSITORY, "packages", name, "src");
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .flatMap((file) => {
        const found = readFileSync(join(folder, file), "utf8").match(/\b(?:NOETL|POSTGRES|NATS)_[A-Z0-9_]+\b/g) ?? [];
        return found.filter((one) => one.startsWith("NOETL_") && !told.has(one) && !INTERNAL.has(one));
      });
  });
  assert.deepEqual([...new Set(missing)], []);
});

test("guides fit into 80 columns, and every exit code has its meaning", () => {
  const paint = palette(false);
  for (const guide of guides) {
    for (const line of guideText(guide, 80, paint).split("\n")) assert.ok(line.length <= 80, line);
  }
  const exits = guides.find(({ name }) => name === "exit-codes");
  const text = exits && guideText(exits, 80, paint);
  for (const code of Object.values(EXIT)) assert.match(text ?? "", new RegExp(`^ {2}${code} +\\w`, "m"));
});
