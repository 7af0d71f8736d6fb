import { NoetlError } from "@noetl/core";
import type { StoredObject } from "@noetl/store";
import { z } from "zod";
import type { ServerContext } from "../context.ts";
import { bytesOf, sendBytes } from "../http/bytes.ts";
import { type Route, route } from "../http/route.ts";
import { version } from "../http/schemas.ts";
import { timeOf } from "../wire/times.ts";

const byPath = z.object({
  "*": z.string().regex(/^[\w./-]{1,500}$/, "a plugin's path is letters, digits, '.', '_', '-' and '/'"),
});
/** What every WebAssembly module starts with. */
const MAGIC = Buffer.from([0x00, 0x61, 0x73, 0x6d]);

/** Modules that workers load, by path and version (server-api §2.18); here they are kept, nothing of them is run. */
export function pluginRoutes({ store, config }: ServerContext): Route[] {
  const guard = "internal" as const;

  /** The next free number; another server that takes it first leaves the one behind. */
  async function keep(path: string, body: Uint8Array): Promise<{ version: number; stored: StoredObject }> {
    for (let next = ((await versions(path)).at(-1)?.version ?? 0) + 1; ; next += 1) {
      const stored = await store.objects.create(keyOf(path, next), body, "application/wasm");
      if (stored) return { version: next, stored };
    }
  }

  async function versions(path: string) {
    const prefix = keyOf(path);
    const found = await store.objects.list(prefix);
    return found.map((stored) => ({ version: Number(stored.key.slice(prefix.length)), stored }));
  }

  return [
    route("POST", "/api/internal/plugins/*", {
      tag: "internal",
      summary: "A module (wasm bytes); each one sent is a new version of its path",
      guard,
      raw: true,
      bodyLimit: config.resultLimit,
      params: byPath,
      async handle({ params, request }) {
        const { body } = bytesOf(request);
        if (!MAGIC.equals(body.subarray(0, MAGIC.length))) {
          throw new NoetlError("validation", "E_PLUGIN", "the body is no WebAssembly module");
        }
        const made = await keep(params["*"], body);
        return { status: "success", ...pluginWire(params["*"], made) };
      },
    }),
    route("GET", "/api/internal/plugins/*", {
      tag: "internal",
      summary: "The bytes of the latest version, or of `version`; with `list` what versions there are",
      guard,
      params: byPath,
      query: z.object({ version, list: z.string().optional() }),
      async handle({ params, query, reply }) {
        const path = params["*"];
        const all = await versions(path);
        if (query.list !== undefined) return { path, versions: all.map((each) => pluginWire(path, each)) };
        const wanted = query.version ?? all.at(-1)?.version;
        const found = wanted === undefined ? undefined : await store.objects.get(keyOf(path, wanted));
        if (!found) throw new NoetlError("not_found", "PLUGIN_NOT_FOUND", `plugin not found: ${path}`);
        return sendBytes(reply, found, { "x-plugin-version": String(wanted) });
      },
    }),
  ];
}

/** Numbers in the order of their text. */
function keyOf(path: string, number?: number): string {
  return `plugins/${path}@${number === undefined ? "" : String(number).padStart(9, "0")}`;
}

function pluginWire(path: string, { version: number, stored }: { version: number; stored: StoredObject }) {
  const { bytes, sha256, updated_at } = stored;
  return { path, version: number, bytes, sha256, created_at: timeOf(updated_at) };
}
