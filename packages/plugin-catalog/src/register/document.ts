import { isObject } from "@noetl/core";
import { parseAllDocuments } from "yaml";

/** One document of a file, as something that can be registered. */
export interface FoundDocument {
  /** as shown: the path, `stdin`, and its number in a file that holds several */
  file: string;
  text: string;
  /** lower case; undefined when the document does not say what it is */
  kind?: string;
  /** why it cannot be registered */
  problem?: string;
}

/** The documents of a YAML or JSON text. A marker at the start of a line always begins a new one, also inside texts. */
export function splitDocuments(file: string, text: string): FoundDocument[] {
  const parts = text.split(/^---(?=\s|$)/m).filter((part) => /^\s*[^\s#]/m.test(part));
  if (parts.length <= 1) return [documentOf(file, text)];
  return parts.map((part, index) => documentOf(`${file}#${index + 1}`, part.replace(/^\r?\n/, "")));
}

function documentOf(file: string, text: string): FoundDocument {
  const documents = parseAllDocuments(text, { logLevel: "silent" });
  const [document] = "empty" in documents ? [] : documents;
  if (!document) return { file, text, problem: "is empty" };
  const [error] = document.errors;
  if (error)
    return { file, text, problem: `is neither YAML nor JSON: ${error.message.split("\n")[0]?.replace(/:$/, "")}` };
  const kind = kindOf(document.toJS() as unknown);
  return { file, text, ...(kind !== undefined && { kind }) };
}

/** What the content says it is (cli.md §4.3.2): its `kind`, else its shape. */
function kindOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.length > 0 ? kindOf(value[0]) : undefined;
  if (!isObject(value)) return undefined;
  if (typeof value.kind === "string") return canonicalKind(value.kind);
  if (isObject(value.data) && typeof value.name === "string") return "credential";
  return Array.isArray(value.workflow) ? "playbook" : undefined;
}

/** Kinds that every catalog knows, whether it holds one or not. */
export const KINDS: readonly string[] = ["playbook", "agent", "credential"];

/** Other words for a kind. */
const SYNONYMS: { readonly [word: string]: string } = {
  playbooks: "playbook",
  agents: "agent",
  credentials: "credential",
  secret: "credential",
  secrets: "credential",
};

/** `Playbook`, `playbooks`, `PLAYBOOK` → `playbook` (weakness 6). */
export function canonicalKind(word: string): string {
  const lower = word.trim().toLowerCase();
  return SYNONYMS[lower] ?? lower;
}

/** Secrets are not stored because the command for playbooks was typed. */
export function playbooksOnly(documents: readonly FoundDocument[]): FoundDocument[] {
  return documents.map((document) =>
    document.kind === "credential" && document.problem === undefined
      ? { ...document, problem: "is a credential; noetl register credential stores it" }
      : document,
  );
}

export function looksLikeOurs(text: string): boolean {
  return /noetl\.io\//.test(text);
}
