import { type Catalog, catalog } from "./catalog.ts";
import { credentials, type RemoteCredentials } from "./credentials.ts";
import { type Database, database } from "./database.ts";
import type { Endpoint } from "./endpoint.ts";
import { type Executions, executions } from "./executions.ts";
import { openRequest, type Request } from "./request.ts";
import { type System, system } from "./system.ts";

/** A NoETL server, ours or an older one: shapes are the same here whichever answers. */
export interface Client {
  readonly endpoint: Endpoint;
  readonly executions: Executions;
  readonly catalog: Catalog;
  readonly credentials: RemoteCredentials;
  readonly database: Database;
  readonly system: System;
  /** For routes that have no function here. */
  readonly request: Request;
}

/** No connection is made before the first call. `timeoutMs` for a whole request, default 60 s (cli §1.6). */
export function openClient(endpoint: Endpoint, options: { timeoutMs?: number } = {}): Client {
  const request = openRequest(endpoint, { timeoutMs: options.timeoutMs ?? 60_000 });
  return {
    endpoint,
    request,
    executions: executions(request),
    catalog: catalog(request),
    credentials: credentials(request),
    database: database(request),
    system: system(request),
  };
}
