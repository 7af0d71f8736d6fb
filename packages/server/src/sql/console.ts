import { tmpdir } from "node:os";
import { type Clock, isObject, type Json, type JsonObject, NoetlError } from "@noetl/core";
import { sqlEffect } from "@noetl/playbook";
import type { StatementAnswer, Store } from "@noetl/store";
import { type Credential, createResources, type Registry, type ToolCall } from "@noetl/tools";

export interface Target {
  /** name of a stored credential */
  credential?: string;
  connection_string?: string;
  /** another database of the server the credential names */
  database?: string;
}

export interface Asked extends Target {
  text: string;
  parameters: readonly Json[];
  write: boolean;
  schema?: string;
}

/** Statements on our own database, or on one a credential leads to (server-api §2.14). */
export interface Console {
  /** Meanings: `validation`; `not_found` no such credential; `terminal` the statement failed. */
  run(asked: Asked): Promise<StatementAnswer>;
  close(): Promise<void>;
}

export function openConsole(ports: { store: Store; tools: Registry; clock: Clock }): Console {
  const { store, tools, clock } = ports;
  const resources = createResources();

  async function credential(target: Target): Promise<Credential> {
    if (target.connection_string !== undefined) {
      const data = { connection_string: target.connection_string };
      return { name: "request", type: "postgres", data };
    }
    const name = target.credential ?? "";
    const found = await store.credentials.get(name);
    if (!found) throw new NoetlError("not_found", "CREDENTIAL_NOT_FOUND", `credential not found: ${name}`);
    return { name, type: found.type, data: found.data };
  }

  async function remote(asked: Asked): Promise<StatementAnswer> {
    const tool = tools.get("postgres");
    if (!tool) throw new NoetlError("unavailable", "E_TOOL", "this server has no tool 'postgres'");
    // Elsewhere nobody stops a statement from writing but we.
    if (!asked.write && sqlEffect(asked.text) !== "read") {
      throw new NoetlError("validation", "E_READ_ONLY", "only statements that read are run unless 'write' is true");
    }
    const outcome = await tool.execute({
      config: {
        command: asked.text,
        ...(asked.parameters.length === 0 ? {} : { params: [...asked.parameters] }),
        ...(asked.schema === undefined ? {} : { schema: asked.schema }),
        ...(asked.database === undefined ? {} : { database: asked.database }),
      },
      input: {},
      auth: { default: await credential(asked) },
      timeout: { total: 30_000 },
      signal: new AbortController().signal,
      env: environment(),
    });
    if (outcome.status === "parked") throw new NoetlError("internal", "E_TOOL", "a statement cannot be parked");
    if (outcome.error) throw new NoetlError("terminal", "QUERY_FAILED", outcome.error.message);
    return answerOf(outcome.data ?? null);
  }

  function environment(): ToolCall["env"] {
    const folder = tmpdir();
    return {
      site: {
        execution_id: "",
        step: "",
        task: "postgres/execute",
        attempt: 1,
        local_profile: false,
        single: true,
        has_rules: false,
      },
      clock,
      workingDirectory: folder,
      dataDirectory: folder,
      childEnvironment: "clean",
      processEnv: {},
      onOutput() {},
      flatContext: () => ({}),
      fetchResult: (ref) => store.results.get(ref),
      async storeResult() {
        throw new NoetlError("terminal", "E_TOO_LARGE", "the answer is too large to be shown");
      },
      latestResult: () => undefined,
      resources,
      addSecret() {},
    };
  }

  return {
    async run(asked) {
      const elsewhere = asked.connection_string !== undefined || asked.credential !== undefined;
      if (elsewhere) return remote(asked);
      if (asked.database !== undefined) {
        throw new NoetlError("validation", "BAD_REQUEST", "another 'database' needs a 'credential' that leads to it");
      }
      const { text, parameters, write, schema } = asked;
      return store.query({ text, parameters, write, ...(schema === undefined ? {} : { schema }) });
    },
    close: () => resources.close(),
  };
}

function answerOf(data: Json): StatementAnswer {
  const found: JsonObject = isObject(data) ? (data as JsonObject) : {};
  const rows = (Array.isArray(found.rows) ? found.rows : []).filter(isObject) as JsonObject[];
  const columns = Array.isArray(found.columns) ? found.columns.map(String) : Object.keys(rows[0] ?? {});
  const count = found.row_count ?? found.affected_rows;
  return { columns, rows, row_count: typeof count === "number" ? count : rows.length };
}
