import type { Json } from "@noetl/core";
import { checkPlaybook } from "./check/playbook.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { checkApiVersion, type DocumentKind, detectKind } from "./document/kind.ts";
import { knownKinds } from "./kinds/known.ts";
import { lowerPlaybook } from "./lower/playbook.ts";
import { makeTrace } from "./lower/trace.ts";
import type { Playbook } from "./model.ts";
import type { Host } from "./normalise/draft.ts";
import { normalise } from "./normalise/playbook.ts";
import { childMap, childText, type MapNode, toJson } from "./read/node.ts";
import { readYaml } from "./read/yaml.ts";
import { type Profile, type Report, reportFor } from "./report/report.ts";
import { playbookShape } from "./shape/playbook.ts";
import { validate } from "./shape/validate.ts";
import type { ToolCatalog } from "./tool-spec.ts";

export interface ParseOptions {
  /** named in diagnostics */
  file?: string;
  /** `default` reads old forms with a warning, `strict` refuses them (DSL §1.2) */
  profile?: Profile;
  /** kinds that exist; the kinds of the language when absent */
  tools?: ToolCatalog;
  /** `server` (default) refuses `case`, which only local runs know (DSL §25.4) */
  host?: Host;
  /** kind when the document names none (DSL §2.1) */
  kind?: string;
  /** Text of the playbook at a literal `path` of a playbook tool, to check children too (decision 41). */
  child?: (path: string) => { text: string; file?: string } | undefined;
}

/** What the head of a document says, known even when the rest is refused. */
export interface DocumentInfo {
  kind?: DocumentKind;
  apiVersion?: string;
  name?: string;
  path?: string;
  /** the document as plain JSON, as it was written */
  readonly json?: Json;
}

export interface ParsedPlaybook {
  /** there if and only if no diagnostic is an error */
  playbook?: Playbook;
  /** ordered by position */
  diagnostics: Diagnostic[];
  document: DocumentInfo;
}

/**
 * Reads a playbook: YAML or JSON → rewritten into the current language → checked → model (DSL §1.4). Never throws for
 * what a document can hold; every finding is reported at once.
 */
export function parsePlaybook(text: string, options: ParseOptions = {}): ParsedPlaybook {
  const report = reportFor(text, options);
  const root = readRoot(text, report);
  if (root === undefined) return { diagnostics: report.finish(), document: {} };
  const kind = detectKind(root, report, options.kind);
  const document = infoOf(root, kind);
  if (kind !== undefined && kind !== "Playbook" && kind !== "Agent") {
    const where = root.entries.get("kind")?.value ?? root;
    report.error("E_KIND", where, `document kind '${kind}' is not executable`);
  }
  if (kind !== "Playbook" && kind !== "Agent") return { diagnostics: report.finish(), document };
  const playbook = playbookOf(text, root, kind, report, options);
  return { ...(playbook ? { playbook } : {}), diagnostics: report.finish(), document };
}

/** The model, when nothing stands against it. */
export function playbookOf(
  text: string,
  root: MapNode,
  kind: "Playbook" | "Agent",
  report: Report,
  options: ParseOptions,
): Playbook | undefined {
  const tools = options.tools ?? knownKinds;
  checkApiVersion(root, report);
  const canonical = normalise(root, { report, tools, host: options.host ?? "server" });
  validate(canonical, playbookShape, "", report, tools);
  const trace = makeTrace();
  const playbook = lowerPlaybook(canonical, kind, { trace, report, tools });
  const child = childCheck(options);
  checkPlaybook(playbook, canonical, text, { trace, report, tools, host: options.host, ...(child ? { child } : {}) });
  return report.failed ? undefined : playbook;
}

/** Findings of a child by its path. A playbook that calls itself is looked at once. */
function childCheck(options: ParseOptions): ((path: string) => Diagnostic[] | undefined) | undefined {
  const { child } = options;
  if (child === undefined) return undefined;
  const known = new Map<string, Diagnostic[] | undefined>();
  return (path) => {
    if (known.has(path)) return known.get(path);
    known.set(path, undefined);
    const found = child(path);
    if (found === undefined) return undefined;
    const { child: _child, file: _file, ...rest } = options;
    known.set(path, parsePlaybook(found.text, { ...rest, ...(found.file ? { file: found.file } : {}) }).diagnostics);
    return known.get(path);
  };
}

/** The root map of a document; anything else at the root is refused. */
export function readRoot(text: string, report: Report): MapNode | undefined {
  const root = readYaml(text, report);
  if (root !== undefined && root.type !== "map") {
    report.error("E_YAML", root, "a document must be a map of keys to values");
    return undefined;
  }
  return root;
}

export function infoOf(root: MapNode, kind: DocumentKind | undefined): DocumentInfo {
  const metadata = childMap(root, "metadata");
  const name = childText(metadata, "name") ?? childText(root, "name");
  const path = childText(metadata, "path") ?? name;
  const apiVersion = childText(root, "apiVersion");
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(name === undefined ? {} : { name }),
    ...(path === undefined ? {} : { path }),
    // large documents are not copied for nobody
    get json() {
      return toJson(root);
    },
  };
}
