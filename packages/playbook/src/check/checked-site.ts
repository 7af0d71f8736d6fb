import type { Template } from "@noetl/template";
import type { Report } from "../report/report.ts";
import type { Site } from "../sites/sites.ts";
import type { locate } from "./locate.ts";

/** A site with its template and the place of any text in it. */
export interface CheckedSite extends Site {
  readonly template: Template;
  readonly report: Report;
  where(inside: { line: number; column: number }): ReturnType<typeof locate>;
}

/** Of a template, before any line break. */
export const FIRST = { line: 1, column: 1 };
