import { access, constants, stat } from "node:fs/promises";
import { openClient } from "@noetl/client";
import { ensureError, isNoetlError } from "@noetl/core";
import { chooseServer, type Environment, readContexts, type ServerChoice, type ServerFlags } from "@noetl/sdk";
import { dataFolder, openSqliteStore } from "@noetl/store";
import type { Check } from "./check.ts";

/** The data folder and the store in it. A folder that is not there yet is fine and is not made by looking. */
export async function checkData(env: Environment): Promise<Check> {
  const folder = dataFolder(env);
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!found) return { id: "data", status: "ok", detail: `${folder} (made by the first run)` };
  try {
    await access(folder, constants.W_OK);
    const store = await openSqliteStore({ folder, env });
    const [newest] = await store.executions.list({ limit: 1 });
    await store.close();
    return { id: "data", status: "ok", detail: newest ? `${folder}, newest run ${newest.execution_id}` : folder };
  } catch (error) {
    const hint = isNoetlError(error) ? error.hint : undefined;
    return { id: "data", status: "fail", detail: `${folder}: ${ensureError(error).message}`, ...(hint && { hint }) };
  }
}

/** `config.yaml` and the server that it, the flags and the environment choose. */
export async function checkConfig(
  env: Environment,
  flags: ServerFlags,
): Promise<{ check: Check; server?: ServerChoice }> {
  try {
    const file = await readContexts(env);
    const server = chooseServer(flags, file, env);
    const detail = server.context ? `context ${server.context.name}, ${file.path}` : `no context set up, ${file.path}`;
    return { check: { id: "config", status: "ok", detail }, server };
  } catch (error) {
    const hint = isNoetlError(error) ? error.hint : undefined;
    return { check: { id: "config", status: "fail", detail: ensureError(error).message, ...(hint && { hint }) } };
  }
}

const TIMEOUT_MS = 2_000;

/** Does the server answer, what is it, does it take the session? One that nobody asked for may be missing. */
export async function checkServer({ url, source, endpoint }: ServerChoice): Promise<Check> {
  const id = "server";
  const client = openClient(endpoint, { timeoutMs: TIMEOUT_MS });
  try {
    const { version, database, nats } = await client.system.health({ timeoutMs: TIMEOUT_MS });
    const facts = [
      version && `version ${version}`,
      database && `database ${database}`,
      nats && `NATS ${nats.replaceAll("_", " ")}`,
    ].filter(Boolean);
    const detail = `${[`${url} answers`, ...facts].join(", ")} (${source})`;
    await client.executions.list({ page_size: 1 });
    return { id, status: "ok", detail };
  } catch (error) {
    if (source === "default") {
      return { id, status: "note", detail: `none at ${url}`, hint: "only needed for distributed runs" };
    }
    const hint = isNoetlError(error) ? error.hint : undefined;
    return { id, status: "fail", detail: `${url} (${source}): ${ensureError(error).message}`, ...(hint && { hint }) };
  }
}
