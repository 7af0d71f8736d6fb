import { NoetlError } from "@noetl/core";
import type { CatalogEntry } from "@noetl/store";
import { z } from "zod";
import { kindOf, register } from "../catalog/register.ts";
import { uiSchema } from "../catalog/ui-schema.ts";
import type { ServerContext } from "../context.ts";
import { type Route, route } from "../http/route.ts";
import { id, version } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";

const listing = z.object({
  resource_type: z.string().nullish(),
  path: z.string().nullish(),
  agent_only: z.boolean().nullish(),
  capability: z.string().nullish(),
  capabilities: z.array(z.string()).nullish(),
  include_archived: z.boolean().nullish(),
  latest_only: z.boolean().nullish(),
  limit: z.number().int().min(1).max(10_000).nullish(),
});

/** server-api §2.4 */
export function catalogRoutes(context: ServerContext): Route[] {
  const { store, tools, clock, metrics } = context;

  async function find(key: { catalog_id: string } | { path: string; version?: number }): Promise<CatalogEntry> {
    const entry = await store.catalog.get(key);
    if (entry) return entry;
    const name = "path" in key ? `'${key.path}'${key.version ? ` version ${key.version}` : ""}` : key.catalog_id;
    throw new NoetlError("not_found", "CATALOG_NOT_FOUND", `not in the catalog: ${name}`);
  }

  async function list(query: z.infer<typeof listing>, agents: boolean) {
    const wanted = [...(query.capabilities ?? []), ...(query.capability ? [query.capability] : [])];
    const rows = await store.catalog.list({
      ...(query.resource_type ? { kind: kindOf(query.resource_type) } : {}),
      ...(query.path ? { path: query.path } : {}),
      latestOnly: query.latest_only ?? false,
      includeArchived: query.include_archived ?? false,
      limit: query.limit ?? 10_000,
    });
    const holds = (row: CatalogEntry) => {
      const has = Array.isArray(row.meta.capabilities) ? row.meta.capabilities : [];
      return (!agents || isAgent(row)) && wanted.every((capability) => has.includes(capability));
    };
    return { entries: rows.filter(holds).map(entryWire) };
  }

  const removal = z.object({ path: z.string().min(1), version });
  const versioned = (path: string, wanted: number | undefined) =>
    wanted === undefined ? { path } : { path, version: wanted };

  return [
    route("POST", "/api/catalog/register", {
      tag: "catalog",
      summary: "Register a document as a new version",
      body: z.object({ content: z.string().min(1), resource_type: z.string().nullish() }),
      async handle({ body }) {
        const stop = metrics.writeSeconds.startTimer({ endpoint: "catalog_register" });
        const input = { content: body.content, resourceType: body.resource_type ?? undefined };
        const entry = await register({ store, tools, now: clock.now() }, input);
        metrics.writes.inc({ endpoint: "catalog_register", status: "ok" });
        stop();
        const { path, version: number, catalog_id, kind } = entry;
        const message = `Resource '${path}' version '${number}' registered.`;
        return { status: "success", message, path, version: number, catalog_id, kind };
      },
    }),
    route("POST", "/api/catalog/list", {
      tag: "catalog",
      summary: "Entries, newest first",
      body: listing,
      handle: ({ body }) => list(body, body.agent_only ?? false),
    }),
    route("POST", "/api/catalog/agents/list", {
      tag: "catalog",
      summary: "Entries that are agents",
      body: listing,
      handle: ({ body }) => list(body, true),
    }),
    route("GET", "/api/catalog/list/:kind", {
      tag: "catalog",
      summary: "Distinct paths, sorted",
      params: z.object({ kind: z.string() }),
      handle: ({ params }) => store.catalog.paths(kindOf(params.kind)),
    }),
    route("POST", "/api/catalog/resource", {
      tag: "catalog",
      summary: "One entry, the latest unless a version is named",
      body: z
        .object({ catalog_id: id.nullish(), path: z.string().nullish(), version })
        .refine((body) => body.catalog_id || body.path, "either catalog_id or path is required"),
      async handle({ body }) {
        if (body.catalog_id) return entryWire(await find({ catalog_id: body.catalog_id }));
        return entryWire(await find(versioned(body.path ?? "", body.version)));
      },
    }),
    route("POST", "/api/catalog/delete", {
      tag: "catalog",
      summary: "Delete; what executions refer to is archived",
      guard: "admin",
      body: removal,
      async handle({ body }) {
        const deleted = await store.catalog.delete(body.path, body.version);
        metrics.catalogDeletes.inc(
          { outcome: deleted.length > 0 ? "deleted" : "nothing" },
          Math.max(1, deleted.length),
        );
        return {
          status: "success",
          message: `${deleted.length} version(s) of '${body.path}' deleted`,
          path: body.path,
          deleted,
          count: deleted.length,
        };
      },
    }),
    route("POST", "/api/catalog/restore", {
      tag: "catalog",
      summary: "Take archived versions back",
      guard: "admin",
      body: removal,
      async handle({ body }) {
        const restored = await store.catalog.restore(body.path, body.version);
        const message = `${restored.length} version(s) of '${body.path}' restored`;
        return { status: "success", message, path: body.path, deleted: restored, restored, count: restored.length };
      },
    }),
    route("GET", "/api/catalog/*", {
      tag: "catalog",
      summary: "`{path}/ui_schema`: a form for the workload of a playbook",
      params: z.object({ "*": z.string() }),
      query: z.object({ version }),
      async handle({ params, query }) {
        const path = /^(.+)\/ui_schema$/.exec(params["*"])?.[1];
        if (path === undefined)
          throw new NoetlError("not_found", "NO_ROUTE", `no such route: /api/catalog/${params["*"]}`);
        return uiSchema(await find(versioned(path, query.version)), clock.now());
      },
    }),
  ];
}

function isAgent(row: CatalogEntry): boolean {
  return row.kind === "agent" || Boolean(row.meta.agent);
}

function entryWire(entry: CatalogEntry) {
  const { archived_at, created_at, ...rest } = entry;
  return {
    ...rest,
    created_at: timeOf(created_at),
    ...(archived_at === null ? {} : { archived_at: timeOf(archived_at) }),
  };
}
