import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { PROGRAM } from "./program.ts";

/** Why tests that type are skipped; false when they are not. */
export const TYPING_MISSING: string | false =
  process.platform === "linux" && (process.env.PATH ?? "").split(delimiter).some((folder) => isThere(folder, "script"))
    ? false
    : "the program 'script' of Linux gives them a terminal";

/** Runs the command line at a terminal; each answer is typed once its question has been shown, in this order. */
export async function typed(
  args: readonly string[],
  options: {
    home: string;
    env?: Record<string, string>;
    answers: readonly (readonly [question: RegExp, answer: string])[];
  },
): Promise<{ code: number | null; shown: string }> {
  const { PATH } = process.env;
  const env = { PATH, TERM: "dumb", HOME: options.home, NOETL_HOME: join(options.home, "data"), ...options.env };
  const line = [process.execPath, PROGRAM, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const child = spawn("script", ["-qec", line, "/dev/null"], { cwd: options.home, env, stdio: "pipe" });
  const left = [...options.answers];
  let shown = "";
  let unread = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    unread += text;
    const [question, answer] = left[0] ?? [];
    if (!question?.test(unread)) return;
    left.shift();
    unread = "";
    child.stdin.write(`${answer}\r`);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, shown };
}

function isThere(folder: string, name: string): boolean {
  try {
    accessSync(join(folder, name), constants.X_OK);
    return true;
  } catch {
    // Not in this folder.
    return false;
  }
}
