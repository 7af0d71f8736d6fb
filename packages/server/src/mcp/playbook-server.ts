import { ensureError, isNoetlError, isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { CatalogEntry } from "@noetl/store";
import { type UiField, uiSchema } from "../catalog/ui-schema.ts";
import type { ServerContext } from "../context.ts";
import { follow } from "../stream/follow.ts";
import { isEnded } from "../wire/execution.ts";

export const PROTOCOL = "2025-06-18";
/** How long `tools/call` waits for the end of the run; later it answers with the id, ms. */
const WAIT_MS = 55_000;

interface Request {
  id?: Json;
  method: string;
  params: JsonObject;
}

/** One message of JSON-RPC 2.0 to a playbook that is served as an MCP tool; undefined for a notification. */
export async function answerMcp(
  context: ServerContext,
  entry: CatalogEntry,
  message: Json,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  const request = requestOf(message);
  if (!request) return failure(null, -32600, "not a JSON-RPC 2.0 request");
  if (request.id === undefined) return undefined;
  const { id } = request;
  try {
    const result = await resultOf(context, entry, request, signal);
    if (result === undefined) return failure(id, -32601, `no such method: ${request.method}`);
    return { jsonrpc: "2.0", id, result };
  } catch (thrown) {
    const error = ensureError(thrown);
    const client = isNoetlError(error) && error.meaning === "validation";
    return failure(id, client ? -32602 : -32603, error.message);
  }
}

async function resultOf(
  context: ServerContext,
  entry: CatalogEntry,
  { method, params }: Request,
  signal: AbortSignal,
): Promise<JsonObject | undefined> {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: typeof params.protocolVersion === "string" ? params.protocolVersion : PROTOCOL,
        capabilities: { tools: { listChanged: false } },
        serverInfo: { name: `noetl:${entry.path}`, version: String(entry.version) },
      };
    case "ping":
      return {};
    case "tools/list":
      return { tools: [toolOf(entry, context.clock.now())] };
    case "tools/call":
      return call(context, entry, params, signal);
    default:
      return undefined;
  }
}

/** The playbook as a tool: its workload is what it takes. */
function toolOf(entry: CatalogEntry, now: number): JsonObject {
  const { title, description_markdown, fields } = uiSchema(entry, now);
  return {
    name: toolName(entry),
    ...(title === null ? {} : { title }),
    description: description_markdown ?? `Runs the playbook ${entry.path}`,
    inputSchema: { type: "object", properties: propertiesOf(fields) },
  };
}

function propertiesOf(fields: readonly UiField[]): JsonObject {
  return Object.fromEntries(
    fields.map((field) => {
      const shape: JsonObject = field.kind === "enum" || field.kind === "null" ? {} : { type: field.kind };
      if (field.options) shape.enum = field.options;
      if (field.description !== null) shape.description = field.description;
      // A secret's default is nobody's business.
      if (!field.secret && field.default !== null) shape.default = field.default;
      if (field.children) shape.properties = propertiesOf(field.children);
      return [field.name, shape];
    }),
  );
}

function toolName({ path }: CatalogEntry): string {
  return path.replaceAll(/[^\w-]/g, "_").slice(0, 64);
}

async function call(
  context: ServerContext,
  entry: CatalogEntry,
  params: JsonObject,
  signal: AbortSignal,
): Promise<JsonObject> {
  if (params.name !== toolName(entry)) {
    throw new NoetlError("validation", "E_TOOL", `this server has one tool: ${toolName(entry)}`);
  }
  const { runs, executions } = context;
  const payload = isObject(params.arguments) ? (params.arguments as JsonObject) : {};
  const { execution_id } = await runs.start({ catalog_id: entry.catalog_id, payload });
  const late = AbortSignal.any([signal, context.closing, AbortSignal.timeout(WAIT_MS)]);
  await ended(context, execution_id, late);
  const { summary, view } = await executions.status(execution_id);
  const over = isEnded(summary.status);
  const data = over ? await dataOf(context, view.result) : null;
  const shown = over && summary.error === null ? data : { execution_id, status: summary.status, error: summary.error };
  return {
    content: [{ type: "text", text: typeof shown === "string" ? shown : JSON.stringify(shown) }],
    structuredContent: { execution_id, status: summary.status, result: data, error: summary.error },
    isError: summary.status === "FAILED" || summary.status === "CANCELLED",
  };
}

/** Resolves behind the end of the run, or when `signal` aborts. */
async function ended({ store, runs }: ServerContext, executionId: string, signal: AbortSignal): Promise<void> {
  for await (const _ of follow({ store, runs, executionId, since: undefined, recheckMs: 1_000, signal }));
}

async function dataOf({ store }: ServerContext, result: unknown): Promise<Json> {
  if (!isObject(result)) return null;
  if (isObject(result.ref) && typeof result.ref.ref === "string") return store.results.get(result.ref.ref);
  return (result.data ?? null) as Json;
}

function requestOf(message: Json): Request | undefined {
  if (!isObject(message) || message.jsonrpc !== "2.0" || typeof message.method !== "string") return undefined;
  const params = isObject(message.params) ? (message.params as JsonObject) : {};
  return { ...("id" in message ? { id: message.id as Json } : {}), method: message.method, params };
}

function failure(id: Json, code: number, message: string): JsonObject {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
