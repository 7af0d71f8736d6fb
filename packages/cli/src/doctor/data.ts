import { access, constants, stat } from "node:fs/promises";
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
  if (!found) return { name: "data", verdict: "ok", detail: `${folder} (made by the first run)` };
  try {
    await access(folder, constants.W_OK);
    const store = await openSqliteStore({ folder, env });
    const [newest] = await store.executions.list({ limit: 1 });
    await store.close();
    return { name: "data", verdict: "ok", detail: newest ? `${folder}, newest run ${newest.execution_id}` : folder };
  } catch (error) {
    const hint = isNoetlError(error) ? error.hint : undefined;
    return { name: "data", verdict: "fail", detail: `${folder}: ${ensureError(error).message}`, ...(hint && { hint }) };
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
    return { check: { name: "config", verdict: "ok", detail }, server };
  } catch (error) {
    const hint = isNoetlError(error) ? error.hint : undefined;
    return { check: { name: "config", verdict: "fail", detail: ensureError(error).message, ...(hint && { hint }) } };
  }
}

const TIMEOUT_MS = 2_000;

/** Does the server answer? Without one that was asked for, its absence is only noted. */
export async function checkServer({ url, source }: ServerChoice): Promise<Check> {
  try {
    const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    const verdict = response.ok ? "ok" : "fail";
    return { name: "server", verdict, detail: `${url} answers ${response.status} (${source})` };
  } catch (error) {
    const { cause, message } = ensureError(error);
    const reason = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
    if (source === "default") {
      return { name: "server", verdict: "note", detail: `none at ${url}`, hint: "only needed for distributed runs" };
    }
    return { name: "server", verdict: "fail", detail: `${url} (${source}) cannot be reached: ${reason}` };
  }
}
