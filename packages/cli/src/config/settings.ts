import {
  type ContextsFile,
  chooseServer,
  type Environment,
  effectiveContext,
  requestTimeout,
  SETTINGS,
  type ServerFlags,
} from "@noetl/sdk";
import { dataFolder, stateFolder } from "@noetl/store";

/** One place a value may come from; `wins` for the one that counts. */
export interface Candidate {
  source: string;
  value: string | null;
  wins: boolean;
}

export interface Explained {
  key: string;
  value: string;
  source: string;
  description: string;
  /** can `config set` change it? */
  settable: boolean;
  candidates: Candidate[];
}

/** A duration exactly, as it may be written. */
function inWords(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** Every setting: its value, where it comes from, and what it beat. Secrets are masked. */
export function explainSettings(flags: ServerFlags, file: ContextsFile, env: Environment): Explained[] {
  const context = effectiveContext(flags.context, file);
  const server = chooseServer(flags, file, env);
  const { settings } = file;
  const hostPort = flags.host || flags.port ? `http://${flags.host ?? "localhost"}:${flags.port ?? 8082}` : undefined;
  const contextUrl: [string, string | undefined] = [`context ${context?.name ?? "-"}`, context?.serverUrl];
  const environmentUrl: [string, string | undefined] = ["NOETL_SERVER_URL", env.NOETL_SERVER_URL];
  const description = (key: string) => SETTINGS.find((setting) => setting.key === key)?.description ?? "";
  return [
    explained("config_file", "where contexts and settings are", false, [
      ["NOETL_CONFIG", env.NOETL_CONFIG],
      ["NOETL_HOME", env.NOETL_HOME && file.path],
      ["default", file.path],
    ]),
    explained("data_folder", "where runs and credentials are", false, [
      ["NOETL_HOME", env.NOETL_HOME],
      ["default", dataFolder(env)],
    ]),
    explained("state_folder", "where logs and PID files are", false, [
      ["NOETL_HOME", env.NOETL_HOME],
      ["default", stateFolder(env)],
    ]),
    explained("context", "which server, with its session", false, [
      ["--context or NOETL_CONTEXT", flags.context],
      ["current context", file.current],
      ["default", "-"],
    ]),
    explained("server_url", description("server_url"), true, [
      ["--server-url", flags["server-url"]],
      ["--host/--port", hostPort],
      environmentUrl,
      contextUrl,
      ["settings", settings.serverUrl],
      ["default", "http://localhost:8082"],
    ]),
    explained("runtime", description("runtime"), true, [
      [`context ${context?.name ?? "-"}`, context?.runtime === "auto" ? undefined : context?.runtime],
      ["settings", settings.runtime],
      ["default", "auto"],
    ]),
    explained("gateway", description("gateway"), true, [
      ["--gateway", flags.gateway?.toString()],
      ["NOETL_USE_GATEWAY", env.NOETL_USE_GATEWAY],
      [`context ${context?.name ?? "-"}`, context?.gateway === "auto" ? undefined : context?.gateway.toString()],
      ["settings", settings.gateway?.toString()],
      ["default", "auto"],
    ]),
    explained("request_timeout", description("request_timeout"), true, [
      ["--request-timeout", flags["request-timeout"]],
      ["NOETL_HTTP_TIMEOUT_MS", env.NOETL_HTTP_TIMEOUT_MS && inWords(requestTimeout({}, file, env))],
      ["settings", settings.requestTimeoutMs === undefined ? undefined : inWords(settings.requestTimeoutMs)],
      ["default", "60s"],
    ]),
    explained("session_token", "sent with every request to that server", false, [
      [server.tokenSource ?? "default", server.endpoint.token === undefined ? "-" : "***"],
    ]),
  ];
}

function explained(
  key: string,
  description: string,
  settable: boolean,
  candidates: readonly (readonly [source: string, value: string | undefined])[],
): Explained {
  const index = candidates.findIndex(([, value]) => value !== undefined && value !== "");
  const [source = "default", value = ""] = candidates[index] ?? [];
  return {
    key,
    value,
    source,
    description,
    settable,
    candidates: candidates.map(([name, given], at) => ({ source: name, value: given ?? null, wins: at === index })),
  };
}
