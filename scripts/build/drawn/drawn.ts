import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "../../../packages/cli/src/built/help.ts";

export interface Drawn {
  /** width → id → page */
  pages: Record<string, Record<string, Page>>;
  /** shell → completion script */
  scripts: Record<string, string>;
  aliases: Readonly<Record<string, string>>;
}

/** Every page of help at every width, and the completion scripts, as the program itself would make them. */
export async function drawAll(): Promise<Drawn> {
  const script = fileURLToPath(new URL("draw.ts", import.meta.url));
  const { NO_COLOR: _, NODE_OPTIONS: __, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
    env: { ...env, FORCE_COLOR: "1" },
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout) as Drawn;
}
