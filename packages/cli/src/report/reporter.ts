import type { Observer } from "@noetl/runner";
import { fit, liveScreen, palette, plainScreen, type Screen, type Terminal, wantsColor } from "@noetl/sdk";
import { type LineOptions, lineOf, rowText } from "./lines.ts";
import { createTracker, type Note } from "./tracker.ts";

export interface ReporterOptions {
  terminal: Terminal & { readonly isTTY?: boolean | undefined };
  env: { readonly [name: string]: string | undefined };
  now(): number;
  verbose: boolean;
  /** print nothing but warnings */
  quiet: boolean;
}

export interface Reporter {
  readonly observer: Observer;
  /** A line of ours among the others. */
  say(text: string): void;
  close(): void;
}

const SPINNER = ["|", "/", "-", "\\"];

/** Draws a run on a terminal while it goes on: a live block of running steps on a TTY, plain lines otherwise. */
export function openReporter({ terminal, env, now, verbose, quiet }: ReporterOptions): Reporter {
  const isTTY = terminal.isTTY === true;
  const color = wantsColor({ env, isTTY });
  const paint = palette(color);
  const live = isTTY && env.TERM !== "dumb" && !env.CI && !quiet;
  const options: LineOptions = { paint, color, verbose, announce: !live };
  const tracker = createTracker();
  const block = (columns: number) =>
    tracker.running().map((row) => {
      const spinner = SPINNER[Math.floor(now() / 120) % SPINNER.length] ?? "";
      return `  ${paint.cyan(spinner)}     ${fit(rowText(row, now()), columns - 8)}`;
    });
  const screen: Screen = live ? liveScreen(terminal, { block, now }) : plainScreen(terminal);

  const show = (notes: readonly Note[]) => {
    for (const note of notes) {
      if (quiet && note.kind !== "warning") continue;
      const line = lineOf(note, options);
      if (line !== undefined) screen.print(line);
    }
    screen.refresh();
  };

  return {
    observer: {
      started: (info) => show(info.parent === null ? [{ kind: "run", info }] : []),
      event: (event, info) => show(tracker.event(event, info)),
      progress: (progress, info) => show(tracker.progress(progress, info)),
      warning: (message) => screen.print(`  ${paint.yellow("warn")}  ${message}`),
    },
    say: (text) => screen.print(text),
    close: () => screen.close(),
  };
}
