import { ensureError } from "@noetl/core";
import { Box, Text, useApp, useInput } from "ink";
import { createElement as h, type ReactNode, useSyncExternalStore } from "react";
import type { State } from "../state/state.ts";
import { frame } from "../view/frame.ts";
import { painted } from "../view/line.ts";
import type { Look } from "../view/words.ts";
import { keysOf } from "./keys.ts";
import type { Program } from "./program.ts";
import { stopped } from "./stopped.ts";

export interface ScreenProps {
  state: State;
  look: Look;
  color: boolean;
}

/** A state on a terminal: the lines of its frame, one text each. */
export function Screen({ state, look, color }: ScreenProps): ReactNode {
  const rows = frame(state, look).map((spans, row) =>
    h(Text, { key: row, wrap: "truncate" }, painted(spans, color) || " "),
  );
  return h(Box, { flexDirection: "column", width: state.size.columns, height: state.size.rows }, ...rows);
}

/** The screen of a running program; keys go to it. */
export function App({ program, look, color }: { program: Program } & Omit<ScreenProps, "state">): ReactNode {
  const state = useSyncExternalStore(program.subscribe, program.state);
  const { suspendTerminal } = useApp();
  useInput((input, key) => {
    for (const name of keysOf(input, key)) {
      if (name === "ctrl-z") suspend();
      else program.send({ type: "key", key: name });
    }
  });
  const suspend = () => {
    if (process.platform === "win32") return;
    suspendTerminal(stopped).catch((error: unknown) => {
      program.send({ type: "failed", text: ensureError(error).message });
    });
  };
  return h(Screen, { state, look, color });
}
