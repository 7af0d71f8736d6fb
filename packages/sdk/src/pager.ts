import { spawn } from "node:child_process";
import type { Environment } from "./contexts/config-folder.ts";
import { displayWidth } from "./table.ts";

/** Where a long text is shown. */
export interface Page {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** The program that shows long texts, and whether the user named it: `NOETL_PAGER`, `PAGER`, else less. */
interface Pager {
  command: string;
  own: boolean;
}

/** `undefined`: none is wanted, or there is no terminal that can have one. */
export function pagerOf(env: Environment, page: Page): Pager | undefined {
  if (page.isTTY !== true || !page.rows || env.TERM === "dumb" || env.CI) return undefined;
  const named = env.NOETL_PAGER ?? env.PAGER;
  if (named === undefined) return { command: process.platform === "win32" ? "more.com" : "less", own: false };
  const command = named.trim();
  return command === "" || command === "cat" ? undefined : { command, own: true };
}

/** Shows a text page by page when it does not fit on the screen; where there is no pager, all at once. */
export async function showPaged(text: string, env: Environment, page: Page): Promise<void> {
  const pager = fits(text, page) ? undefined : pagerOf(env, page);
  if (pager === undefined || !(await shownBy(pager, text, env))) page.write(text);
}

/** With a line left for what comes after it; long lines are wrapped. */
function fits(text: string, { columns = 80, rows = 0 }: Page): boolean {
  let left = rows;
  for (const line of text.replace(/\n$/, "").split("\n", rows)) {
    left -= Math.max(1, Math.ceil(displayWidth(line) / columns));
    if (left <= 0) return false;
  }
  return true;
}

/** False when there is no such program. Ctrl-C is the pager's meanwhile, and who leaves it early has read enough. */
async function shownBy({ command, own }: Pager, text: string, env: Environment): Promise<boolean> {
  const ignored = () => {};
  process.on("SIGINT", ignored);
  try {
    return await new Promise((resolve) => {
      const child = spawn(command, {
        shell: own,
        stdio: ["pipe", "inherit", "inherit"],
        // F: one page needs no keys. R: colours as colours. X: it stays on the screen.
        env: { ...env, LESS: env.LESS ?? "FRX" },
      });
      child.on("error", () => resolve(false));
      child.on("close", (code) => resolve(code !== 126 && code !== 127));
      child.stdin.on("error", ignored);
      child.stdin.end(text);
    });
  } finally {
    process.off("SIGINT", ignored);
  }
}
