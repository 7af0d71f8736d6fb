export interface Interrupt {
  readonly signal: AbortSignal;
  /** the signal that asked for the end; `undefined` while nothing did */
  readonly by: "SIGINT" | "SIGTERM" | "SIGHUP" | undefined;
  /** Gives the signals back. */
  release(): void;
}

export interface InterruptOptions {
  /** first signal: the run is being cancelled, children are stopped */
  onFirst(): void;
  /** second one: the user will not wait */
  onSecond(): void;
}

/** Two copies of one Ctrl-C (from the terminal and from a parent) come within this time, in ms. */
const ECHO_MS = 150;

/** Turns Ctrl-C and termination into a cancelled run; a second one ends the process at once. */
export function listenForInterrupt({ onFirst, onSecond }: InterruptOptions): Interrupt {
  const controller = new AbortController();
  let by: Interrupt["by"];
  let firstAt = 0;
  const handlers = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((name) => {
    const handler = () => {
      if (by === undefined) {
        by = name;
        firstAt = Date.now();
        onFirst();
        controller.abort(new Error("interrupted"));
      } else if (Date.now() - firstAt > ECHO_MS) onSecond();
    };
    process.on(name, handler);
    return [name, handler] as const;
  });
  return {
    signal: controller.signal,
    get by() {
      return by;
    },
    release() {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}
