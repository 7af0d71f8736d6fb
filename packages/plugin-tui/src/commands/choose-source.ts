import { stat } from "node:fs/promises";
import type { Client } from "@noetl/client";
import { isNoetlError, NoetlError } from "@noetl/core";
import type { ServerChoice } from "@noetl/sdk";

export type Choice = { on: "local"; file?: string; id?: string } | { on: "server"; client: Client; id?: string };

const PROBE_MS = 1_500;

/**
 * Where to look: a file and `--local` mean this machine, a server that was named means that server; when nobody named
 * one, the usual address if something answers there, else this machine. Meaning `validation` when the words contradict.
 * `connect` reads the configuration, and is not called where this machine is meant.
 */
export async function chooseSource(
  what: string | undefined,
  options: {
    local: boolean;
    /** by flags of this command */
    named: boolean;
    connect(): Promise<{ client: Client; server: Pick<ServerChoice, "source"> }>;
    note(text: string): void;
  },
): Promise<Choice> {
  const { local, named, connect, note } = options;
  const file = what !== undefined && (await isPlaybookFile(what)) ? what : undefined;
  if (local && named) throw contradiction("--local looks at this machine, and a server is named as well");
  if (file !== undefined) return { on: "local", file };
  if (what !== undefined && !/^\d+$/.test(what)) {
    throw new NoetlError(
      "not_found",
      "E_FILE_MISSING",
      `'${what}' is neither a playbook file nor the id of an execution`,
      {
        hint: "noetl tui alone lists the executions",
      },
    );
  }
  const id = what === undefined ? {} : { id: what };
  if (local) return { on: "local", ...id };
  const { client, server } = await connect();
  if (named || server.source !== "default" || (await answers(client))) return { on: "server", client, ...id };
  note(`nothing answers at ${client.endpoint.url}: these are the runs of this machine`);
  return { on: "local", ...id };
}

function contradiction(message: string): NoetlError {
  return new NoetlError("validation", "E_RUNTIME", message, { hint: "leave one of them out" });
}

async function isPlaybookFile(what: string): Promise<boolean> {
  try {
    return (await stat(what)).isFile();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

async function answers(client: Client): Promise<boolean> {
  try {
    await client.system.health({ timeoutMs: PROBE_MS });
    return true;
  } catch (error) {
    // Whatever it says, something is there.
    if (!isNoetlError(error)) throw error;
    return error.meaning !== "unavailable" && error.meaning !== "timeout";
  }
}
