import { ensureError } from "@noetl/core";
import { isOfPlugin } from "./guard.ts";

const STATE = Symbol.for("noetl.plugins.strays");

/**
 * What a plugin throws where nobody waits for it, as in a timer, ends neither the run nor the worker that has called it:
 * it is told on stderr. What others throw there ends the process as ever.
 */
export function outliveStrays(): void {
  const state = globalThis as { [STATE]?: true };
  if (state[STATE]) return;
  state[STATE] = true;
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (thrown: unknown) => {
      const { stack, message } = ensureError(thrown);
      if (isOfPlugin(stack ?? "")) {
        const place = (stack ?? "").split("\n").find((line) => /^ *at /.test(line)) ?? "";
        process.stderr.write(`a plugin threw where nobody waits for it: ${message}\n${place}\n`);
      } else if (process.listenerCount(event) === 1) {
        process.stderr.write(`${stack ?? message}\n`);
        process.exit(1);
      }
    });
  }
}
