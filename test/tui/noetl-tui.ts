import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { PROGRAM } from "@noetl/sdk/testing";
import { openTerminal, type Terminal, TMUX_MISSING, tmuxProgram } from "./tmux.ts";

export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-tui-"));
  test.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** tmux, or a skipped test that says loudly why. */
export function tmuxOrSkip(test: TestContext): string | undefined {
  const tmux = process.platform === "win32" ? undefined : tmuxProgram();
  if (tmux === undefined) {
    process.stderr.write(`${TMUX_MISSING}\n`);
    test.skip(TMUX_MISSING);
  }
  return tmux;
}

export interface OpenOptions {
  tmux: string;
  home: string;
  /** of `noetl tui` */
  args?: readonly string[];
  columns?: number;
  rows?: number;
  env?: { [name: string]: string };
  cwd?: string;
  /** in a shell with jobs, as people have it */
  shell?: boolean;
}

/**
 * `noetl tui` in a terminal of its own. When it has ended the terminal says `ended CODE` and how the line behaves, or the
 * shell that was asked for goes on.
 */
export async function openTui(test: TestContext, options: OpenOptions): Promise<Terminal> {
  const { tmux, home, args = [], columns = 80, rows = 24, env = {}, cwd = home } = options;
  const words = [process.execPath, PROGRAM, "tui", ...args].map((word) => `'${word}'`).join(" ");
  const command = `${words}; echo "ended $?"; stty -a | grep -o -- '-\\?\\bicanon\\b\\|-\\?\\becho\\b' | tr '\\n' ' '; sleep 600`;
  const NOETL_HOME = join(home, "data");
  const place = { columns, rows, cwd, env: { HOME: home, NOETL_HOME, PS1: "$ ", ...env } };
  if (!options.shell) return openTerminal(test, tmux, { ...place, command });
  const terminal = await openTerminal(test, tmux, { ...place, command: "exec bash --norc --noprofile -i" });
  await terminal.type(words);
  await terminal.press("Enter");
  return terminal;
}
