import { filterNames, type Template, TemplateError, testNames } from "@noetl/template";
import type { Playbook, Step } from "../model.ts";
import type { Report } from "../report/report.ts";
import { suggestion } from "../report/suggest.ts";
import { compileSite } from "../sites/compile.ts";
import { knownRoots } from "../sites/names.ts";
import { playbookSites, type Site, stepSites } from "../sites/sites.ts";
import { type CheckedSite, FIRST } from "./checked-site.ts";
import { type Checking, START } from "./context.ts";
import { locate } from "./locate.ts";
import { type Names, namesOf } from "./names.ts";
import { referenceCheck } from "./references.ts";
import { checkSecrets } from "./secrets.ts";

/** Compiles every template of the document; lints on what they read and keep (DSL §8, §9.3). */
export function checkTemplates(playbook: Playbook, source: string, checking: Checking): void {
  const isKnownRoot = knownRoots(playbook);
  const names = namesOf(playbook);
  const references = referenceCheck(names);
  const compiled = new Map<string, Template | TemplateError | undefined>();
  const compileOnce = (site: Site) => {
    const key = `${site.use} ${site.text}`;
    if (!compiled.has(key)) compiled.set(key, attempt(site, isKnownRoot));
    return compiled.get(key);
  };
  const visit = (site: Site, report: Report, step: Step | undefined) => {
    const made = compileOnce(site);
    if (made === undefined) return;
    const node = checking.trace.at(site.holder, site.key);
    const where = (inside: { line: number; column: number }) =>
      node ? locate(node, site.text, inside, source, report.lines) : START;
    if (made instanceof TemplateError) {
      tell(made, site, where, report);
      return;
    }
    const checked: CheckedSite = { ...site, template: made, report, where };
    checkCondition(checked);
    for (const warning of made.warnings) {
      report.warn(warning.code, where(warning.origin ?? FIRST), warning.message);
    }
    checkSecrets(checked);
    references.look(checked, step);
  };
  for (const site of playbookSites(playbook)) visit(site, checking.report, undefined);
  for (const step of playbook.workflow) {
    const report = checking.report.within({ step: step.step });
    for (const site of stepSites(step, checking.tools)) {
      const task = site.task !== undefined && !step.single ? site.task.name : undefined;
      visit(site, task === undefined ? report : report.within({ task }), step);
    }
    checkLoopSource(step, names, compileOnce, checking);
  }
  references.tell();
}

function attempt(site: Site, isKnownRoot: (name: string) => boolean): Template | TemplateError | undefined {
  try {
    return compileSite(site, isKnownRoot);
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
}

function tell(error: TemplateError, site: Site, where: CheckedSite["where"], report: Report): void {
  const place = where(error.origin ?? FIRST);
  const { line, column } = report.lines.position(place.span.start);
  report.error(error.code, place, `template error at ${line}:${column}: ${error.detail}`, hintFor(error, site));
}

function hintFor(error: TemplateError, site: Site): string | undefined {
  if (error.hint !== undefined) return error.hint;
  const name = /'(\w+)'$/.exec(error.detail)?.[1] ?? "";
  switch (error.code) {
    case "E_TPL_FILTER":
      return suggestion(name, filterNames());
    case "E_TPL_TEST":
      return suggestion(name, testNames());
    case "E_TPL_SYNTAX":
      return site.use === "cond" ? undefined : "write {% raw %} around text that is no template";
    default:
      return undefined;
  }
}

/** A condition with text beside its braces is rendered to text and looked at again (DSL §8.10). */
function checkCondition(site: CheckedSite): void {
  const { template } = site;
  if (site.use !== "cond" || template.whole || template.literal) return;
  const message = "the condition has text around its template; it is read as text";
  site.report.warn("W_COND_TEXT", site.where(FIRST), message, "write the whole comparison inside {{ }}");
}

const TABLES = new Set(["postgres", "duckdb", "ducklake", "snowflake"]);

/** A SQL result is a map of columns and rows: looping over it gives its keys (DSL §16.2). */
function checkLoopSource(
  step: Step,
  names: Names,
  compileOnce: (site: Site) => Template | TemplateError | undefined,
  checking: Checking,
): void {
  const source = step.loop?.source;
  if (source === undefined || !("in" in source) || typeof source.in !== "string") return;
  const site: Site = { text: source.in, holder: source, key: "in", use: "data", role: "loop", side: "server" };
  const template = compileOnce(site);
  if (template === undefined || template instanceof TemplateError || !template.whole) return;
  const [path] = template.refs;
  if (
    template.refs.length !== 1 ||
    path === undefined ||
    !new RegExp(`^\\{\\{-?\\s*${path.join("\\.")}\\s*-?\\}\\}$`).test(source.in.trim())
  ) {
    return;
  }
  const [root = "", second, ...more] = path;
  const kind = names.tables.get(root);
  if (kind === undefined || !TABLES.has(kind) || more.length > 0) return;
  if (second !== undefined && second !== "data" && second !== "result") return;
  const node = checking.trace.at(source, "in") ?? START;
  const report = checking.report.within({ step: step.step });
  report.warn("W_LOOP_ROWS", node, `'${path.join(".")}' is a map of columns and rows`, `write {{ ${root}.rows }}`);
}
