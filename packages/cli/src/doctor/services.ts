import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ensureError } from "@noetl/core";
import type { Environment } from "@noetl/sdk";
import { postgresTarget } from "@noetl/store";
import type { Check } from "./check.ts";

const PATIENCE_MS = 2_000;

/** What a PostgreSQL server answers to with one letter before anybody logs in: may this connection be encrypted? */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** The PostgreSQL that the environment names. Nobody logs in: `noetl db status --direct` does. */
export async function checkPostgres(env: Environment): Promise<Check> {
  const id = "postgres";
  const target = postgresTarget(env);
  if (!target) return { id, status: "ok", detail: "not set up; a server keeps its state in SQLite" };
  const hint = "check NOETL_DATABASE_URL, or POSTGRES_HOST and POSTGRES_PORT";
  if ("url" in target && !URL.canParse(target.url)) {
    return { id, status: "fail", detail: "NOETL_DATABASE_URL is not an address", hint };
  }
  const place = "url" in target ? placeOf(target.url, 5432) : target;
  return reach(id, place, hint, async (socket) => {
    socket.write(SSL_REQUEST);
    const letter = String(await firstBytes(socket)).charAt(0);
    return letter === "S" || letter === "N" ? "PostgreSQL answers" : undefined;
  });
}

/** The NATS that the environment names. A server of it introduces itself. */
export async function checkNats(env: Environment): Promise<Check> {
  const id = "nats";
  const url = env.NATS_URL || env.NOETL_NATS_URL;
  if (!url) return { id, status: "ok", detail: "not set up; a server wakes workers without it" };
  const hint = "check NATS_URL: nats://HOST:4222";
  const [first = ""] = url.split(",");
  const whole = first.includes("://") ? first.trim() : `nats://${first.trim()}`;
  if (!URL.canParse(whole)) return { id, status: "fail", detail: "NATS_URL is not an address", hint };
  return reach(id, placeOf(whole, 4222), hint, async (socket) => {
    const found = /^INFO .*"version":"([^"]+)"/.exec(String(await firstBytes(socket)));
    return found && `NATS ${found[1]} answers`;
  });
}

interface Place {
  host: string;
  port: number;
}

/** Without what is secret in an address. */
function placeOf(url: string, port: number): Place {
  const { hostname, port: given } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, "") || "localhost", port: Number(given || port) };
}

async function reach(
  id: string,
  { host, port }: Place,
  hint: string,
  introduce: (socket: Socket) => Promise<string | null | undefined>,
): Promise<Check> {
  const socket = connect({ host, port, signal: AbortSignal.timeout(PATIENCE_MS) });
  try {
    await once(socket, "connect");
    const detail = await introduce(socket);
    return detail
      ? { id, status: "ok", detail: `${detail} at ${host}:${port}` }
      : { id, status: "fail", detail: `what answers at ${host}:${port} is something else`, hint };
  } catch (error) {
    const { name, message } = ensureError(error);
    const reason = name === "AbortError" ? `no answer within ${PATIENCE_MS / 1_000} s` : message || String(error);
    return { id, status: "fail", detail: `${host}:${port} cannot be reached: ${reason}`, hint };
  } finally {
    socket.destroy();
  }
}

async function firstBytes(socket: Socket): Promise<Buffer> {
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes;
}
