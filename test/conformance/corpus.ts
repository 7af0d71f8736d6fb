import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "@noetl/core";

/** The real playbooks that are kept beside a developer's checkout, never in the project. */
export const FIXTURES = fileURLToPath(new URL("../../../shared/fixtures", import.meta.url));
export const FIXTURES_MISSING = existsSync(FIXTURES)
  ? undefined
  : "NOT TESTED: the folder ../shared/fixtures is not here";

export interface Case {
  /** path below the fixtures folder */
  file: string;
  payload: JsonObject;
  status: "COMPLETED" | "FAILED";
  /** flags of its own that a correct implementation does not make true */
  flags: "true" | "ignored";
  failedStep?: string;
  /** it throws dice: how it fails when it loses */
  random?: RegExp;
}

/** What differs from "COMPLETED with every flag true" (README of the fixtures). */
const SPECIAL: { [name: string]: Partial<Case> } = {
  actions_test: { flags: "ignored" },
  duckdb_test: { flags: "ignored" },
  postgres_test: { flags: "ignored" },
  playbook_composition: { flags: "ignored" },
  test_pipeline_error_handling: { status: "FAILED", failedStep: "test_fail_auth", flags: "ignored" },
  python_retry_exception: { random: /Random failure/ },
  // The sleep stands for a slow remote service; its length is not what is tested here.
  kind_playbook_lease_expiry: { payload: { api_delay_seconds: 1, item_delay_seconds: 0 } },
  kind_playbook_lease_expiry_worker: { payload: { api_delay_seconds: 1, item_delay_seconds: 0 } },
};

export function corpus(): Case[] {
  if (FIXTURES_MISSING) return [];
  const root = join(FIXTURES, "playbooks");
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml") && !file.startsWith("broken_playbooks"))
    .sort()
    .map((file) => {
      const name = file.replace(/^.*\//, "").replace(/\.yaml$/, "");
      return {
        payload: {},
        status: "COMPLETED",
        flags: "true",
        ...SPECIAL[name],
        file: relative(FIXTURES, join(root, file)),
      };
    });
}
