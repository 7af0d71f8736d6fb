import { type Catalog, catalog } from "./catalog.ts";
import { credentials, type RemoteCredentials } from "./credentials.ts";
import { type Database, database } from "./database.ts";
import type { Endpoint } from "./endpoint.ts";
import { executions } from "./executions/executions.ts";
import type { Executions } from "./executions/types.ts";
import { type Gateway, gateway } from "./gateway.ts";
import { openRequest, type Request } from "./request.ts";
import { gotSend } from "./send/got.ts";
import { leanSend } from "./send/lean.ts";
import { openStream, type Stream } from "./stream/stream.ts";
import { type Subscriptions, subscriptions } from "./subscriptions.ts";
import { type System, system } from "./system.ts";
import { type Workers, type WorkerTimeouts, workers } from "./workers.ts";

/** A NoETL server, ours or an older one: shapes are the same here whichever answers. */
export interface Client {
  readonly endpoint: Endpoint;
  readonly executions: Executions;
  readonly catalog: Catalog;
  readonly credentials: RemoteCredentials;
  readonly database: Database;
  readonly system: System;
  readonly gateway: Gateway;
  readonly subscriptions: Subscriptions;
  readonly workers: Workers;
  /** For routes that have no function here. */
  readonly request: Request;
  /** For answers that go on. */
  readonly stream: Stream;
}

export interface ClientOptions {
  /** for a whole request, ms; default 60 s (cli §1.6) */
  timeoutMs?: number;
  /** what to do about a refused or missing session */
  authHint?: string;
  /** for workers: fewer comforts, a fifth of the work a request */
  lean?: boolean;
  /** of what workers send */
  workers?: WorkerTimeouts;
}

/** No connection is made before the first call. */
export function openClient(endpoint: Endpoint, options: ClientOptions = {}): Client {
  const send = options.lean ? leanSend(endpoint.tls) : gotSend(endpoint.tls);
  const request = openRequest(endpoint, { ...options, send, timeoutMs: options.timeoutMs ?? 60_000 });
  return {
    endpoint,
    request,
    stream: openStream(endpoint),
    executions: executions(request),
    catalog: catalog(request),
    credentials: credentials(request),
    database: database(request),
    system: system(request),
    gateway: gateway(request),
    subscriptions: subscriptions(request),
    workers: workers(request, options.workers),
  };
}
