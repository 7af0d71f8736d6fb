import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import { type ParsedDocument, parseDocument } from "@noetl/playbook";
import type { CatalogEntry, Store } from "@noetl/store";
import type { Registry } from "@noetl/tools";
import { InvalidDefinition } from "../runs/index.ts";

export type Registered = Pick<CatalogEntry, "catalog_id" | "path" | "version" | "kind">;

/**
 * Puts a document into the catalog (server-api §2.4); credentials go where secrets are kept instead (DSL §2.4). Meaning
 * `validation`: it is not valid, with every finding.
 */
export async function register(
  ports: { store: Store; tools: Registry; now: number },
  input: { content: string; resourceType: string | undefined },
): Promise<Registered> {
  const { store, tools, now } = ports;
  const assumed = input.resourceType === undefined ? undefined : kindOf(input.resourceType);
  const text = plainText(input.content);
  const parsed = parseDocument(text, { tools, host: "server", ...(assumed === undefined ? {} : { kind: assumed }) });
  const { content, document } = parsed;
  if (!content) throw new InvalidDefinition(parsed.diagnostics);
  if (content.kind === "Credential") {
    const record = await store.credentials.put(content.credential);
    return { catalog_id: record.id, path: record.name, version: 1, kind: "credential" };
  }
  const path = pathOf(parsed);
  const root = isObject(document.json) ? (document.json as JsonObject) : {};
  return store.catalog.register({
    path,
    kind: content.kind.toLowerCase(),
    content: text,
    layout: isObject(root.layout) ? (root.layout as JsonObject) : null,
    payload: (document.json ?? null) as Json,
    meta: metaOf(root, now),
  });
}

const ALIASES: { readonly [word: string]: string } = {
  playbooks: "playbook",
  credentials: "credential",
  secret: "credential",
  secrets: "credential",
  agents: "agent",
  notebook: "playbook",
  notebooks: "playbook",
};

/** `Playbook`, `playbooks` … → `playbook` */
export function kindOf(word: string): string {
  const lower = word.trim().toLowerCase();
  return ALIASES[lower] ?? lower;
}

/** Base64 only if it is nothing else: strict alphabet, valid UTF-8, and a mapping inside (server-api §2.4). */
export function plainText(content: string): string {
  const trimmed = content.trim();
  if (trimmed.length % 4 !== 0 || !/^[A-Za-z0-9+/\r\n]+={0,2}$/.test(trimmed)) return content;
  const bytes = Buffer.from(trimmed, "base64");
  const decoded = bytes.toString("utf8");
  if (!Buffer.from(decoded, "utf8").equals(bytes)) return content;
  return isObject(parseDocument(decoded).document.json) ? decoded : content;
}

function pathOf({ document }: ParsedDocument): string {
  const root = isObject(document.json) ? document.json : {};
  const path = document.path ?? (typeof root.path === "string" ? root.path : undefined) ?? document.name;
  if (path === undefined || path === "") {
    throw new NoetlError("validation", "E_PATH_MISSING", "metadata has neither 'path' nor 'name'");
  }
  return path;
}

function metaOf(root: JsonObject, now: number): JsonObject {
  const metadata = isObject(root.metadata) ? (root.metadata as JsonObject) : {};
  const labels = isObject(metadata.labels) ? (metadata.labels as JsonObject) : {};
  const { agent, capabilities, terminal, terminal_visible, terminal_scopes } = metadata;
  return {
    ...labels,
    registered_at: new Date(now).toISOString(),
    agent: agent ?? false,
    capabilities: capabilities ?? [],
    terminal: terminal ?? null,
    terminal_visible: terminal_visible ?? null,
    terminal_scopes: terminal_scopes ?? null,
  };
}
