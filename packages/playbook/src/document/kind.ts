import { childText, keyOf, type MapNode } from "../read/node.ts";
import type { Report } from "../report/report.ts";
import { suggestion } from "../report/suggest.ts";

/** DSL §2.1 */
export type DocumentKind =
  | "Playbook"
  | "Agent"
  | "Credential"
  | "Mcp"
  | "Subscription"
  | "Memory"
  | "Tool"
  | "Workbook";

const KINDS: { readonly [name: string]: DocumentKind } = {
  playbook: "Playbook",
  agent: "Agent",
  credential: "Credential",
  credentials: "Credential",
  secret: "Credential",
  secrets: "Credential",
  mcp: "Mcp",
  modelcontextprotocol: "Mcp",
  subscription: "Subscription",
  memory: "Memory",
  tool: "Tool",
  workbook: "Workbook",
};

/** Kind of a document, case-insensitive and by alias; what the document says wins over what the caller says. */
export function detectKind(root: MapNode, report: Report, assumed?: string): DocumentKind | undefined {
  const written = childText(root, "kind");
  const name = written ?? assumed;
  if (name !== undefined) {
    const kind = KINDS[name.toLowerCase()];
    if (kind === undefined) {
      const where = root.entries.get("kind")?.value ?? root;
      report.error("E_KIND", where, `document kind '${name}' is not known`, suggestion(name, Object.values(KINDS)));
    }
    return kind;
  }
  if (root.entries.has("workflow")) {
    const hint = "write 'kind: Playbook'";
    if (report.profile === "strict") report.error("E_KIND_MISSING", root, "the document has no 'kind'", hint);
    else report.warn("W_KIND_MISSING", keyOf(root, "workflow"), "the document has no 'kind'; read as Playbook", hint);
    return "Playbook";
  }
  report.error(
    "E_KIND_MISSING",
    { ...root, span: firstOf(root) },
    "the document has no 'kind'",
    "write 'kind: Playbook'",
  );
  return undefined;
}

function firstOf(root: MapNode): { start: number; end: number } {
  const [first] = root.entries.values();
  return first?.key ?? root.span;
}

/** `noetl.io/v2` and its alias `noetl.io/v10`; older ones are other languages (DSL §2.2). */
export function checkApiVersion(root: MapNode, report: Report): void {
  const version = childText(root, "apiVersion");
  if (version === undefined) {
    const where = { ...root, span: firstOf(root) };
    const hint = "write 'apiVersion: noetl.io/v2'";
    if (report.profile === "strict") report.error("E_API_VERSION", where, "the document has no 'apiVersion'", hint);
    else report.warn("W_API_VERSION", where, "the document has no 'apiVersion'; read as noetl.io/v2", hint);
    return;
  }
  if (version === "noetl.io/v2" || version === "noetl.io/v10") return;
  const where = root.entries.get("apiVersion")?.value ?? root;
  report.error("E_API_VERSION", where, `unsupported apiVersion '${version}' (expected noetl.io/v2)`);
}
