import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export const TMUX_MISSING =
  "NO tmux: the terminal interface was not tried in a real terminal (install tmux; root on Debian gets it by itself)";

/** Path of tmux; on Debian it is installed when that is allowed. Undefined: say `TMUX_MISSING` loudly and skip. */
export function tmuxProgram(): string | undefined {
  const found = which("tmux");
  if (found !== undefined || process.getuid?.() !== 0 || which("apt-get") === undefined) return found;
  const quiet = { stdio: "ignore", timeout: 90_000 } as const;
  try {
    execFileSync("apt-get", ["install", "-y", "--no-install-recommends", "tmux"], quiet);
  } catch (error) {
    // No network, no such package, not our machine: skipped.
    process.stderr.write(`tmux could not be installed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  return which("tmux");
}

export function which(program: string): string | undefined {
  try {
    return execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
  } catch (error) {
    // That is how the shell says no.
    if (error instanceof Error && "status" in error) return undefined;
    throw error;
  }
}

export interface Terminal {
  /** Keys by their names in tmux: `Enter`, `Escape`, `Down`, `C-c`, `q`. Each after the other was drawn. */
  press(...keys: string[]): Promise<void>;
  /** Letters, as they are. */
  type(text: string): Promise<void>;
  /** The screen, without blanks at the ends of lines. */
  lines(options?: { styles?: boolean }): Promise<string[]>;
  /** The screen once it shows this, and not that; fails with the screen when it does not come. */
  until(wanted: RegExp, unwanted?: RegExp): Promise<string[]>;
  resize(columns: number, rows: number): Promise<void>;
  /** Is the alternate screen shown, and the cursor? */
  modes(): Promise<{ alternate: boolean; cursor: boolean }>;
  /** Process id of what the command's shell runs. */
  child(): Promise<number>;
}

const PATIENCE_MS = 40_000;

/** A command in a terminal of its own, of this size. It is gone after the test. */
export async function openTerminal(
  test: TestContext,
  tmux: string,
  options: { columns: number; rows: number; command: string; env: { [name: string]: string }; cwd: string },
): Promise<Terminal> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-tmux-"));
  const { PATH = "" } = process.env;
  const env = { PATH, LC_ALL: "C.UTF-8", HOME: folder };
  const ask = async (...args: string[]) => {
    const { stdout } = await run(tmux, ["-u", "-S", join(folder, "socket"), "-f", "/dev/null", ...args], { env });
    return stdout;
  };
  const size = ["-x", String(options.columns), "-y", String(options.rows)];
  const variables = Object.entries({ PATH, LC_ALL: "C.UTF-8", ...options.env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  // Whatever the tests run under, the command sees these variables and no others.
  const shell = ["env", "-i", "TERM=screen", "SHELL=/bin/sh", ...variables, "/bin/sh", "-c"];
  // A test that is killed takes its terminal along.
  const watch = `while kill -0 ${process.pid}; do sleep 1; done; '${tmux}' -S '${folder}/socket' kill-server`;
  shell.push(`(${watch}) >/dev/null 2>&1 & ${options.command}`);
  await ask("new-session", "-d", ...size, "-c", options.cwd, ...shell);
  await ask("set-option", "-g", "window-size", "manual");
  test.after(async () => {
    await ask("kill-server").catch((error: Error) => {
      if (!/no server|exited/.test(error.message)) throw error;
    });
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const lines: Terminal["lines"] = async ({ styles = false } = {}) => {
    const text = await ask("capture-pane", "-p", ...(styles ? ["-e"] : []));
    return text
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => line.trimEnd());
  };
  const settled = async () => {
    let before = await lines();
    for (let same = 0; same < 2; ) {
      await sleep(60);
      const now = await lines();
      same = now.join("\n") === before.join("\n") ? same + 1 : 0;
      before = now;
    }
  };
  return {
    lines,
    async press(...keys) {
      for (const key of keys) {
        await ask("send-keys", key);
        await sleep(60);
      }
    },
    type: async (text) => void (await ask("send-keys", "-l", text)),
    async until(wanted, unwanted) {
      let seen: string[] = [];
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(50)) {
        seen = await lines();
        const text = seen.join("\n");
        if (!wanted.test(text) || unwanted?.test(text)) continue;
        await settled();
        return lines();
      }
      throw new Error(
        `the terminal does not show ${wanted}${unwanted ? ` without ${unwanted}` : ""}:\n${seen.join("\n")}`,
      );
    },
    resize: async (columns, rows) => void (await ask("resize-window", "-x", String(columns), "-y", String(rows))),
    async modes() {
      const [alternate, cursor] = (await ask("display-message", "-p", "#{alternate_on} #{cursor_flag}"))
        .trim()
        .split(" ");
      return { alternate: alternate === "1", cursor: cursor === "1" };
    },
    async child() {
      const shell = (await ask("display-message", "-p", "#{pane_pid}")).trim();
      const { stdout } = await run("ps", ["-A", "-o", "pid=,ppid=,args="]);
      const rows = stdout.split("\n").map((row) => row.trim().split(/\s+/));
      const child = rows.find(([, parent, program]) => parent === shell && program === process.execPath);
      if (!child) throw new Error(`process ${shell} has no child`);
      return Number(child[0]);
    },
  };
}
