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
  /** it throws dice; it is run until they fall in such a way that logs can be compared */
  dice?: Dice;
  /** steps that call a playbook and do not wait for it; the local runner always waits (DSL §23.3) */
  awaited?: string[];
  /** a case that must have run before on the same subject: it makes the tables */
  after?: string;
}

export interface Dice {
  /** how it fails when it loses */
  failure?: RegExp;
  /** a step that must have been run */
  step: string;
  /** what the dice said, in values and in texts */
  keys: string[];
  marks: [RegExp, string][];
}

/** What differs from "COMPLETED with every flag true" (README of the fixtures). */
const SPECIAL: { [name: string]: Partial<Case> } = {
  actions_test: { flags: "ignored" },
  duckdb_test: { flags: "ignored" },
  postgres_test: { flags: "ignored" },
  playbook_composition: { flags: "ignored" },
  test_pipeline_error_handling: { status: "FAILED", failedStep: "test_fail_auth", flags: "ignored" },
  python_retry_exception: {
    dice: { failure: /Random failure/, step: "end", keys: ["value", "attempt"], marks: [[/value: \d+/, "<dice>"]] },
  },
  comprehensive_test: {
    dice: {
      step: "process_high",
      keys: ["random_value", "original", "processed", "original_value", "final_result"],
      marks: [[/(value|Processed|Original): \d+/g, "<dice>"]],
    },
  },
  save_simple_test: { awaited: ["create_tables"], after: "playbooks/save_storage_test/create_tables.yaml" },
  // The stand-in keeps the first probe until a second one is there: how long the slow one takes is not what is tested.
  test_pagination_basic: { payload: { slow_delay_seconds: 0.5 } },
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
