import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../build/bundle.ts";
import type { Figure } from "./figure.ts";
import { machine } from "./machine.ts";
import type { Part } from "./part.ts";
import { nodeProgram } from "./program.ts";
import type { Report } from "./report.ts";

export interface SuiteOptions {
  root: string;
  parts: readonly Part[];
  small?: boolean;
  peers?: boolean;
  /** told of each part's figures as they are known */
  progress?(part: Part, figures: readonly Figure[]): void;
}

/** Builds the bundle, runs the parts one after the other, removes everything it made. */
export async function measure({ root, parts, small = false, peers = false, progress }: SuiteOptions): Promise<Report> {
  const scratch = await mkdtemp(join(tmpdir(), "noetl-bench-"));
  try {
    const report: Report = {
      schema: "noetl.bench/1",
      taken_at: new Date().toISOString(),
      machine: machine(),
      figures: [],
      notes: [],
    };
    const bundled = await packageIn(scratch, root);
    for (const part of parts) {
      const folder = join(scratch, part.name);
      await mkdir(folder);
      const figures = await part.run({
        small,
        peers,
        folder,
        root,
        bundle: nodeProgram([bundled], scratch),
        bundled: [bundled],
        source: nodeProgram([join(root, "bin", "dev.js")], scratch),
        note: (text) => report.notes.push(text),
      });
      report.figures.push(...(small ? figures.map(unbounded) : figures));
      progress?.(part, figures);
    }
    return report;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What a smoke test measures says nothing about speed. */
function unbounded({ budget: _budget, limit: _limit, ...figure }: Figure): Figure {
  return figure;
}

/** The files of the published package, and the command that npm would link: its help is drawn for that name. */
async function packageIn(folder: string, root: string): Promise<string> {
  await bundle({ root, outdir: join(folder, "lib") });
  await mkdir(join(folder, "bin"));
  await copyFile(join(root, "bin", "noetl.cjs"), join(folder, "bin", "noetl.js"));
  const command = join(folder, "noetl");
  await symlink(join("bin", "noetl.js"), command);
  return command;
}
