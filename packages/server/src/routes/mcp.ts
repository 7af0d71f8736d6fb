import { isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import type { CatalogEntry } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { type Route, type RouteInput, route } from "../http/route.ts";
import { json } from "../http/schemas.ts";
import { discover } from "../mcp/client.ts";
import { answerMcp } from "../mcp/playbook-server.ts";

type Input = RouteInput<{ "*": string }, unknown, Json>;

const DISCOVER_MS = 15_000;

/**
 * Servers of the Model Context Protocol in the catalog, and playbooks served as one (server-api §2.18). Paths hold slashes, so one
 * route takes all three forms.
 */
export function mcpRoutes(context: ServerContext): Route[] {
  const { store, runs, config } = context;

  async function entryOf(path: string): Promise<CatalogEntry> {
    const entry = await store.catalog.get({ path });
    if (entry) return entry;
    throw new NoetlError("not_found", "CATALOG_NOT_FOUND", `not in the catalog: '${path}'`);
  }

  async function specOf(path: string): Promise<JsonObject> {
    const { kind, payload } = await entryOf(path);
    if (kind !== "mcp") throw new NoetlError("validation", "E_KIND", `'${path}' is a ${kind}, not an MCP server`);
    return isObject(payload) && isObject(payload.spec) ? (payload.spec as JsonObject) : {};
  }

  /** What a verb does is a playbook that the document names: `spec.lifecycle.<verb>`. */
  async function lifecycle(path: string, verb: string, body: Json) {
    const spec = await specOf(path);
    const verbs = isObject(spec.lifecycle) ? (spec.lifecycle as JsonObject) : {};
    const named = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    const told: JsonObject = isObject(named) ? (named as JsonObject) : { playbook: named ?? null };
    const playbook = told.playbook ?? told.agent ?? told.path;
    if (typeof playbook !== "string") {
      const known = Object.keys(verbs).join(", ") || "none";
      throw new NoetlError("validation", "E_VERB", `'${path}' names no playbook for '${verb}'; it has: ${known}`);
    }
    const given: JsonObject = isObject(body) ? (body as JsonObject) : {};
    const asked = isObject(given.workload) ? (given.workload as JsonObject) : given;
    const own = isObject(told.workload) ? (told.workload as JsonObject) : {};
    const started = await runs.start({ path: playbook, payload: { ...own, ...asked, mcp_path: path, verb } });
    return { status: started.status, path, verb, playbook, execution_id: started.execution_id };
  }

  async function tools(path: string) {
    const { url, endpoint, headers } = await specOf(path);
    const address = typeof url === "string" ? url : isObject(endpoint) ? endpoint.url : endpoint;
    if (typeof address !== "string" || !/^https?:\/\//.test(address) || !URL.canParse(address)) {
      throw new NoetlError("validation", "E_MCP_URL", `'${path}' has no spec.url that begins with http`);
    }
    const sent = Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => [name, String(value)]);
    const signal = AbortSignal.any([context.closing, AbortSignal.timeout(DISCOVER_MS)]);
    const found = await discover(address, Object.fromEntries(sent), signal);
    return { status: "ok", path, count: found.tools.length, ...found };
  }

  async function serve(path: string, { body, request, reply }: Input) {
    const entry = await entryOf(path);
    const gone = new AbortController();
    const leave = () => gone.abort();
    request.raw.socket.once("close", leave);
    try {
      const messages = Array.isArray(body) ? body : [body];
      const answers = [];
      for (const message of messages) answers.push(await answerMcp(context, entry, message, gone.signal));
      const said = answers.filter((answer) => answer !== undefined);
      if (said.length > 0) return Array.isArray(body) ? said : said[0];
      await reply.code(202).send();
      return undefined;
    } finally {
      request.raw.socket.off("close", leave);
    }
  }

  return [
    route("POST", "/api/mcp/*", {
      tag: "mcp",
      summary: "{path}/discover · {path}/lifecycle/{verb} · playbook/{path}/jsonrpc",
      bodyLimit: config.bodyLimit,
      params: z.object({ "*": z.string() }),
      body: json,
      async handle(input) {
        const rest = input.params["*"];
        const served = /^playbook\/(.+)\/jsonrpc$/.exec(rest)?.[1];
        if (served !== undefined) return serve(served, input);
        const asked = /^(.+)\/discover$/.exec(rest)?.[1];
        if (asked !== undefined) return tools(asked);
        const [, path, verb] = /^(.+)\/lifecycle\/([\w-]+)$/.exec(rest) ?? [];
        if (path !== undefined && verb !== undefined) return lifecycle(path, verb, input.body);
        throw new NoetlError("not_found", "NO_ROUTE", `no such route: POST /api/mcp/${rest}`);
      },
    }),
  ];
}
