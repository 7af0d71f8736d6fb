import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Json, JsonObject } from "@noetl/core";
import { done, failed } from "../outcome.ts";
import { gcloud } from "../process/cloud-cli.ts";
import type { Tool, ToolCall, ToolDone } from "../tool.ts";
import { type Format, rowsOf, serialize } from "./format.ts";

/** The file as a whole or not at all: readers never see half of it. */
export async function toFile(path: string, data: Json, format: Format, call: ToolCall): Promise<ToolDone> {
  const target = resolve(call.env.workingDirectory, path);
  const text = await serialize(data, format);
  const part = `${target}.${call.env.site.execution_id}.part`;
  let written = false;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(part, text);
    written = true;
    await rename(part, target);
  } catch (error) {
    if (written) await rm(part, { force: true });
    const { message, code = "IO" } = error as NodeJS.ErrnoException;
    return failed("storage_access", `sink: ${message}`, { code });
  }
  return done({
    status: "ok",
    type: "file",
    path: target,
    format,
    bytes: Buffer.byteLength(text),
    rows: rowsOf(data).length,
  });
}

export async function toBucket(
  place: { bucket: string; path: string },
  data: Json,
  format: Format,
  call: ToolCall,
): Promise<ToolDone> {
  const uri = `gs://${place.bucket}/${place.path.replace(/^\/+/, "")}`;
  const text = await serialize(data, format);
  return withFile(text, `data.${format}`, async (file) => {
    const answer = await gcloud(["storage", "cp", file, uri], call);
    if (!answer.ok) return answer.outcome;
    return done({ status: "ok", type: "gcs", uri, format, bytes: Buffer.byteLength(text), rows: rowsOf(data).length });
  });
}

/** Rows are appended by column name to a table that is created when it is not there. */
export async function toDuckdb(
  duckdb: Tool,
  place: { database: string; table: string },
  data: Json,
  call: ToolCall,
): Promise<ToolDone> {
  const rows = rowsOf(data);
  const result: JsonObject = {
    status: "ok",
    type: "duckdb",
    database: place.database,
    table: place.table,
    rows: rows.length,
  };
  if (rows.length === 0) return done(result);
  const records = rows.map((row) =>
    row !== null && typeof row === "object" && !Array.isArray(row) ? row : { value: row },
  );
  return withFile(JSON.stringify(records), "rows.json", async (file) => {
    const table = place.table.split(".").map(quoted).join(".");
    const source = `read_json_auto('${file.replaceAll("'", "''")}', format = 'array', maximum_object_size = 268435456)`;
    const command = `CREATE TABLE IF NOT EXISTS ${table} AS SELECT * FROM ${source} LIMIT 0; INSERT INTO ${table} BY NAME SELECT * FROM ${source}`;
    const outcome = await duckdb.execute({ ...call, config: { database: place.database, command }, auth: {} });
    if (outcome.status === "parked") return failed("unknown", "sink: duckdb did not answer");
    return outcome.status === "ok" ? done(result) : outcome;
  });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function withFile(text: string, name: string, use: (file: string) => Promise<ToolDone>): Promise<ToolDone> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-sink-"));
  try {
    const file = join(folder, name);
    await writeFile(file, text, { mode: 0o600 });
    return await use(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
