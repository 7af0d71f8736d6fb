import { parseDuration } from "@noetl/core";
import { checkedUrl, RUNTIMES, type Runtime } from "./context.ts";

/** Defaults of a person, `settings` in `config.yaml`: they count when no flag, variable or context says otherwise. */
export interface Settings {
  serverUrl?: string;
  runtime?: Runtime;
  gateway?: boolean;
  /** ms */
  requestTimeoutMs?: number;
}

export interface Setting {
  /** in the file and for `noetl config` */
  key: string;
  /** the variable that beats it, when there is one */
  variable?: string;
  description: string;
  /** Checks a text and turns it into the value that is written. Throws when it is none. */
  parse(text: string): string | boolean;
}

/** Everything `noetl config set` knows. */
export const SETTINGS: readonly Setting[] = [
  {
    key: "server_url",
    variable: "NOETL_SERVER_URL",
    description: "base URL of the server when no context is chosen",
    parse: (text) => checkedUrl(text, "server_url"),
  },
  {
    key: "runtime",
    description: "where playbooks run: auto, local or distributed",
    parse: (text) => oneOf("runtime", text, RUNTIMES),
  },
  {
    key: "gateway",
    variable: "NOETL_USE_GATEWAY",
    description: "send requests through the gateway: true or false",
    parse: (text) => oneOf("gateway", text, ["true", "false"]) === "true",
  },
  {
    key: "request_timeout",
    variable: "NOETL_HTTP_TIMEOUT_MS",
    description: "how long one request to a server may take, for example 30s",
    parse(text) {
      parseDuration(text);
      return text;
    },
  },
];

function oneOf<T extends string>(key: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`${key} must be ${words.join(", ")}`);
  return found;
}

export function settingsOf(raw: { readonly [key: string]: unknown }): Settings {
  const settings: Settings = {};
  if (typeof raw.server_url === "string") settings.serverUrl = checkedUrl(raw.server_url, "settings.server_url");
  if (raw.runtime !== undefined) settings.runtime = oneOf("settings.runtime", String(raw.runtime), RUNTIMES);
  if (typeof raw.gateway === "boolean") settings.gateway = raw.gateway;
  if (raw.request_timeout !== undefined) settings.requestTimeoutMs = parseDuration(String(raw.request_timeout));
  return settings;
}
