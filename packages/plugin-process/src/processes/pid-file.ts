import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { NoetlError } from "@noetl/core";
import { isSame, startedAt } from "./identity.ts";

/**
 * Who runs: the id alone on the first line, as older tools read it; then when it was started, so that a process that got
 * the same number later is never taken for it (decision 16), where it answers, and how it was started.
 */
export interface PidRecord {
  pid: number;
  /** ms since 1970 */
  start?: number;
  url?: string;
  /** arguments it was started with, for `restart` */
  args?: string[];
}

export type Found =
  | { state: "none" }
  | { state: "running"; record: PidRecord }
  /** the process is gone, or its number belongs to another one */
  | { state: "stale"; record: PidRecord };

/** Meaning `validation` when the file holds no process id. */
export async function readPidFile(file: string): Promise<Found> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { state: "none" };
    throw error;
  }
  const record = parse(text);
  if (!record) {
    throw new NoetlError("validation", "E_PID_FILE", `${file} does not begin with a process id`, {
      hint: "remove the file when nothing runs",
    });
  }
  return { state: (await isSame(record.pid, record.start)) ? "running" : "stale", record };
}

function parse(text: string): PidRecord | undefined {
  const [first = "", ...more] = text.split("\n");
  const pid = Number(first.trim());
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  const fields = new Map(more.flatMap((line) => (line.includes("=") ? [splitAt(line, line.indexOf("="))] : [])));
  const start = Number(fields.get("start"));
  const url = fields.get("url");
  const args = fields.get("args");
  return {
    pid,
    ...(Number.isFinite(start) && start > 0 ? { start } : {}),
    ...(url ? { url } : {}),
    ...(args ? { args: JSON.parse(args) as string[] } : {}),
  };
}

function splitAt(line: string, at: number): [string, string] {
  return [line.slice(0, at), line.slice(at + 1).trim()];
}

/** Whole or not at all. */
export async function writePidFile(file: string, record: Omit<PidRecord, "start">): Promise<void> {
  await rename(await writeDraft(file, record), file);
}

async function writeDraft(file: string, record: Omit<PidRecord, "start">): Promise<string> {
  const start = await startedAt(record.pid);
  const lines = [
    String(record.pid),
    ...(start === undefined ? [] : [`start=${Math.round(start)}`]),
    ...(record.url === undefined ? [] : [`url=${record.url}`]),
    ...(record.args === undefined ? [] : [`args=${JSON.stringify(record.args)}`]),
  ];
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, `${lines.join("\n")}\n`, { mode: 0o600 });
  return draft;
}

/**
 * Writes the file unless a process that runs has it. Meaning `conflict` (`ALREADY_RUNNING`, data `{pid, url}`) when one does:
 * of two that start at the same time one wins.
 */
export async function claimPidFile(file: string, record: Omit<PidRecord, "start">): Promise<void> {
  const draft = await writeDraft(file, record);
  try {
    for (let tries = 0; ; tries++) {
      try {
        return await link(draft, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST" || tries >= 3) throw error;
      }
      const found = await readPidFile(file);
      if (found.state === "running" && found.record.pid !== record.pid) throw alreadyRunning(file, found.record);
      await rm(file, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

function alreadyRunning(file: string, { pid, url }: PidRecord): NoetlError {
  return new NoetlError("conflict", "ALREADY_RUNNING", `process ${pid} runs already (${file})`, {
    data: { pid, url: url ?? null },
  });
}

/** Removes the file if it is still about this process. */
export async function removePidFile(file: string, pid: number): Promise<void> {
  try {
    if (parse(await readFile(file, "utf8"))?.pid !== pid) return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  await rm(file, { force: true });
}
