import { nearest } from "@noetl/core";
import type { RefPath } from "@noetl/template";
import type { Step } from "../model.ts";
import type { Role, Site } from "../sites/sites.ts";
import type { CheckedSite } from "./checked-site.ts";
import type { Names } from "./names.ts";

/** Sites where `result` is the outcome under inspection (DSL §7.5). */
const OUTCOME: ReadonlySet<Role> = new Set(["rule", "rule-set", "task-set", "step-set", "arc", "arc-set", "arc-input"]);

export interface Reading {
  /** `bare`: `result` or `prev` that stand for whichever step came before (decision 27) */
  kind: "unknown" | "bare";
  /** as it reads: `ctx.x`, `x` */
  shown: string;
  name: string;
}

/** What a template reads that nothing defines, each once (DSL §8.11). */
export function doubtfulReads(site: Site, refs: readonly RefPath[], step: Step | undefined, names: Names): Reading[] {
  const readings = new Map<string, Reading>();
  for (const [root = "", second] of refs) {
    const shown = root === "steps" || root === "ctx" ? `${root}.${second ?? ""}` : root;
    if ((root === "result" && !OUTCOME.has(site.role)) || root === "prev") {
      if (!isLocal(root, site, step) && !names.all.has(root)) readings.set(shown, { kind: "bare", shown, name: root });
      continue;
    }
    const name = unknownName(root, second, site, step, names);
    if (name !== undefined) readings.set(shown, { kind: "unknown", shown, name });
  }
  return [...readings.values()];
}

/** Gathers doubtful reads; each name is told once, where it is first read, with how often it is read. */
export function referenceCheck(names: Names): { look(site: CheckedSite, step: Step | undefined): void; tell(): void } {
  const found = new Map<string, { reading: Reading; site: CheckedSite; count: number }>();
  return {
    look(site, step) {
      for (const reading of doubtfulReads(site, site.template.refs, step, names)) {
        const known = found.get(reading.shown);
        if (known) known.count += 1;
        else found.set(reading.shown, { reading, site, count: 1 });
      }
    },
    tell() {
      for (const { reading, site, count } of found.values()) tellReading(reading, site, count, names);
    },
  };
}

function tellReading({ kind, shown, name }: Reading, site: CheckedSite, count: number, names: Names): void {
  const where = site.where(placeOf(site.text, name));
  const often = count > 1 ? ` (${count} times)` : "";
  if (kind === "bare") {
    const message = `'${name}' is the result of whichever step led here${often}`;
    site.report.warn("W_BARE_RESULT", where, message, "name the step instead");
    return;
  }
  const near = nearest(name, names.all);
  const hint = near === undefined ? "only a payload can bring it; else it is empty" : `did you mean '${near}'?`;
  site.report.warn("W_REF_UNKNOWN_STEP", where, `template reads '${shown}', which nothing defines${often}`, hint);
}

function unknownName(
  root: string,
  second: string | undefined,
  site: Site,
  step: Step | undefined,
  names: Names,
): string | undefined {
  if (root === "steps") return second === undefined || names.steps.has(second) ? undefined : second;
  if (root === "ctx") {
    const fine = second === undefined || names.has(second) || /^\d+$/.test(second);
    return fine ? undefined : second;
  }
  return names.has(root) || isLocal(root, site, step) ? undefined : root;
}

/** Labels, inputs and pipeline locals are known inside their step only. */
function isLocal(name: string, site: Site, step: Step | undefined): boolean {
  if (step === undefined) return false;
  if (Object.hasOwn(step.input, name) || step.tasks.some((task) => task.name === name)) return true;
  const input = site.task?.input;
  // an input that is one template may hold anything
  return typeof input === "string" || (input !== undefined && Object.hasOwn(input, name));
}

/** Where a name first stands in a text, as a name of its own. */
function placeOf(text: string, name: string): { line: number; column: number } {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const at = text.search(new RegExp(`(?<![\\w'"])${escaped}(?!\\w)`));
  const before = text.slice(0, Math.max(0, at));
  const line = before.split("\n").length;
  return { line, column: before.length - (before.lastIndexOf("\n") + 1) + 1 };
}
