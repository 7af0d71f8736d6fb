/** Programs of others that are measured beside ours: installed together, once, outside the repository. */
export const TOOLS: Readonly<Record<string, string>> = {
  oclif: "6.0.10",
  "windmill-cli": "1.819.0",
  "rust-just": "1.57.0",
};

export type PeerName = "restate" | "dbos" | "graphile" | "pgboss";

/** Packages of each durable runtime, installed apart: one that cannot be had must not cost the others. */
export const PEERS: Readonly<Record<PeerName, Readonly<Record<string, string>>>> = {
  restate: {
    "@restatedev/restate-server": "1.7.12",
    "@restatedev/restate-sdk": "1.17.2",
  },
  dbos: { "@dbos-inc/dbos-sdk": "5.3.0" },
  graphile: { "graphile-worker": "0.18.0" },
  pgboss: { "pg-boss": "12.38.0" },
};
