import { createHash } from "node:crypto";
import type { Dispatcher } from "undici";
import { readPem } from "../network/pem.ts";
import type { ToolCall } from "../tool.ts";
import { basic } from "./auth.ts";
import type { HttpConfig } from "./tool.ts";

/** How a connection is made: everything that two requests must share to share connections. */
export interface Transport {
  verify: boolean;
  ca?: string;
  cert?: string;
  key?: string;
  /** ms */
  connectTimeout?: number;
}

const CONNECT_MS = 10_000;
const KEEP_ALIVE_MS = 30_000;
const CONNECTIONS_PER_ORIGIN = 50;

export async function readTransport(config: HttpConfig, call: ToolCall): Promise<Transport> {
  const directory = call.env.playbookDirectory ?? call.env.workingDirectory;
  return {
    verify: config.verify_ssl ?? true,
    ...(config.ca_cert === undefined ? {} : { ca: await readPem(config.ca_cert, directory) }),
    ...(config.client_cert === undefined ? {} : { cert: await readPem(config.client_cert, directory) }),
    ...(config.client_key === undefined ? {} : { key: await readPem(config.client_key, directory) }),
    ...(call.timeout.connect === undefined ? {} : { connectTimeout: call.timeout.connect }),
  };
}

/** Connections of this transport and proxy, kept open between calls and steps. */
export async function agentFor(call: ToolCall, transport: Transport, proxy: string | undefined): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import("undici");
  const id = createHash("sha256")
    .update(JSON.stringify([transport, proxy]))
    .digest("hex");
  const { verify, ca, cert, key, connectTimeout = CONNECT_MS } = transport;
  const tls = {
    rejectUnauthorized: verify,
    timeout: connectTimeout,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  // The attempt's own limit ends slow answers, so the ones of the library are off.
  const options = {
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connections: CONNECTIONS_PER_ORIGIN,
    allowH2: false,
    connect: tls,
  };
  const create = (): Dispatcher => {
    if (proxy === undefined) return new Agent(options);
    const url = new URL(proxy);
    const token =
      url.username === "" ? {} : { token: basic(decodeURIComponent(url.username), decodeURIComponent(url.password)) };
    return new ProxyAgent({ ...options, uri: url.origin, requestTls: tls, ...token });
  };
  return call.env.resources.get(`http:${id}`, create, (agent) => agent.destroy());
}
