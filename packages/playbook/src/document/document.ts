import type { JsonObject } from "@noetl/core";
import type { Diagnostic } from "../diagnostic.ts";
import { knownKinds } from "../kinds/known.ts";
import type { Playbook } from "../model.ts";
import { type DocumentInfo, infoOf, type ParseOptions, playbookOf, readRoot } from "../parse.ts";
import { childMap, childText, type MapNode, toJson } from "../read/node.ts";
import { type Report, reportFor } from "../report/report.ts";
import { mcpShape } from "../shape/mcp.ts";
import { subscriptionShape } from "../shape/subscription.ts";
import { validate } from "../shape/validate.ts";
import { type CredentialDocument, readCredential } from "./credential.ts";
import { type DocumentKind, detectKind } from "./kind.ts";
import { checkSubscription } from "./subscription.ts";

/** What a document of each kind is read as (DSL §2.1). */
export type DocumentContent =
  | { kind: "Playbook" | "Agent"; playbook: Playbook }
  | { kind: "Credential"; credential: CredentialDocument }
  /** stored as it is; `Tool` and `Workbook` cannot be executed */
  | { kind: "Mcp" | "Subscription" | "Memory" | "Tool" | "Workbook"; value: JsonObject };

export interface ParsedDocument {
  /** there if and only if no diagnostic is an error */
  content?: DocumentContent;
  diagnostics: Diagnostic[];
  document: DocumentInfo;
}

/** Reads a document of any kind; `options.kind` is used when the document names none (DSL §2). */
export function parseDocument(text: string, options: ParseOptions = {}): ParsedDocument {
  const report = reportFor(text, options);
  const root = readRoot(text, report);
  if (root === undefined) return { diagnostics: report.finish(), document: {} };
  const kind = detectKind(root, report, options.kind);
  const content = kind === undefined ? undefined : contentOf(text, root, kind, report, options);
  return {
    ...(content === undefined || report.failed ? {} : { content }),
    diagnostics: report.finish(),
    document: infoOf(root, kind),
  };
}

function contentOf(
  text: string,
  root: MapNode,
  kind: DocumentKind,
  report: Report,
  options: ParseOptions,
): DocumentContent | undefined {
  const tools = options.tools ?? knownKinds;
  switch (kind) {
    case "Playbook":
    case "Agent": {
      const playbook = playbookOf(text, root, kind, report, options);
      return playbook && { kind, playbook };
    }
    case "Credential": {
      const credential = readCredential(root, report);
      return credential && { kind, credential };
    }
    case "Mcp":
      validate(root, mcpShape, "", report, tools);
      break;
    case "Subscription":
      validate(root, subscriptionShape, "", report, tools);
      checkSubscription(root, report);
      break;
    case "Memory":
    case "Tool":
    case "Workbook":
      break;
  }
  checkCatalogPath(root, report);
  return { kind, value: toJson(root) as JsonObject };
}

/** Catalog path = `metadata.path`, else `metadata.name` (DSL §2.3). */
function checkCatalogPath(root: MapNode, report: Report): void {
  const metadata = childMap(root, "metadata");
  if (childText(metadata, "path") === undefined && childText(metadata, "name") === undefined) {
    report.error("E_PATH_MISSING", metadata ?? root, "metadata has neither 'path' nor 'name'");
  }
}
