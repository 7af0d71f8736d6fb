import { NoetlError } from "@noetl/core";
import type { Commit } from "./source.ts";

/**
 * `YYYYMMDD-HHMMSS[-commit[-dirty]]-xxxx` in UTC (§2.1). The four random digits tell two builds of one second apart: a
 * cluster keeps the old layers for an equal tag.
 */
export function freshTag(now: Date, commit: Commit | undefined, random: string): string {
  const [day = "", time = ""] = now.toISOString().split("T");
  const parts = [day.replaceAll("-", ""), time.slice(0, 8).replaceAll(":", "")];
  if (commit) parts.push(commit.short, ...(commit.dirty ? ["dirty"] : []));
  return [...parts, random].join("-");
}

/** Meaning `validation` for what no registry takes as a tag. */
export function checkedTag(tag: string): string {
  if (/^\w[\w.-]{0,127}$/.test(tag)) return tag;
  throw new NoetlError("validation", "TAG_INVALID", `'${tag}' is no tag of an image`, {
    hint: "letters, digits, _ . and -, at most 128, the first one a letter or digit",
  });
}
