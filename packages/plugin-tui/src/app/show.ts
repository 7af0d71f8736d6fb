import { ensureError } from "@noetl/core";
import { render } from "ink";
import { createElement as h } from "react";
import type { State } from "../state/state.ts";
import { App } from "./app.ts";
import { openProgram } from "./program.ts";
import type { Surroundings } from "./watching.ts";

export interface ShowOptions extends Omit<Surroundings, "send" | "now"> {
  initial: State;
  color: boolean;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const FRAMES_A_SECOND = 20;

/**
 * Takes the terminal until the user or a signal ends it, and gives it back as it was: screen, cursor, modes. Resolves
 * with what ended it; rejects with an error of the drawing, after the terminal was given back.
 */
export async function show({ initial, color, stdin, stdout, ...ports }: ShowOptions): Promise<"key" | "interrupt"> {
  const program = openProgram(initial, { ...ports, now: Date.now });
  const look = { ascii: ports.ascii };
  const instance = render(h(App, { program, look, color }), {
    stdin,
    stdout,
    alternateScreen: true,
    exitOnCtrlC: false,
    incrementalRendering: true,
    interactive: true,
    maxFps: FRAMES_A_SECOND,
  });
  let end: "key" | "interrupt" = "interrupt";
  let failure: Error | undefined;
  const leave = () => instance.unmount();
  const broken = (error: unknown) => {
    failure = ensureError(error);
    leave();
  };
  const resized = () => program.send({ type: "resize", columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const unsubscribe = program.subscribe(() => {
    const { quit } = program.state();
    if (quit === undefined) return;
    end = quit;
    leave();
  });
  for (const name of SIGNALS) process.on(name, leave);
  process.on("uncaughtException", broken);
  process.on("unhandledRejection", broken);
  stdout.on("resize", resized);
  // A terminal that is gone says so here when no signal comes.
  stdin.once("end", leave);
  try {
    await instance.waitUntilExit();
  } finally {
    unsubscribe();
    program.close();
    for (const name of SIGNALS) process.off(name, leave);
    process.off("uncaughtException", broken);
    process.off("unhandledRejection", broken);
    stdout.off("resize", resized);
    stdin.off("end", leave);
    stdin.unref();
  }
  if (failure) throw failure;
  return end;
}
