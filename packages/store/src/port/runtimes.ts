import type { Json, JsonObject } from "@noetl/core";

export interface Runtime {
  runtime_id: string;
  name: string;
  kind: "worker_pool" | "server_api" | "broker";
  uri: string | null;
  /** `ready`, `offline` … */
  status: string;
  labels: JsonObject | null;
  capabilities: Json;
  runtime: JsonObject | null;
  capacity: number | null;
  heartbeat: number;
  created_at: number;
  updated_at: number;
}

/** Servers and workers that are there (server-api §2.9). */
export interface Runtimes {
  register(input: {
    name: string;
    kind: Runtime["kind"];
    uri?: string | null;
    status?: string;
    labels?: JsonObject | null;
    capabilities?: Json;
    runtime?: JsonObject | null;
    capacity?: number | null;
  }): Promise<Runtime>;
  /** Undefined for an unknown name. */
  heartbeat(kind: Runtime["kind"], name: string): Promise<Runtime | undefined>;
  /** Marks it offline; false for an unknown name. */
  deregister(kind: Runtime["kind"], name: string): Promise<boolean>;
  get(kind: Runtime["kind"], name: string): Promise<Runtime | undefined>;
  list(filter?: { kind?: Runtime["kind"]; status?: string }): Promise<Runtime[]>;
  /** Marks offline what has no heartbeat since `before`, ms since 1970; returns their names. */
  sweep(before: number): Promise<string[]>;
}

/** Tasks that one server at a time may do (server-api §4.7). */
export interface Leases {
  /** Takes or extends; false while another owner's lease runs. */
  acquire(name: string, owner: string, ttlMs: number): Promise<boolean>;
  release(name: string, owner: string): Promise<void>;
}

/** First one to say `key` within the window wins (server-api §2.5 dedup, §4.10 children). */
export interface Dedup {
  /** The execution that owns the key: the one given, or an earlier one. */
  claim(input: { scope: string; key: string; execution_id: string; window_ms: number }): Promise<string>;
  collect(now: number): Promise<number>;
}
