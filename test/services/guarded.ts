import { type ChildProcess, spawn } from "node:child_process";
import { createServer, Socket } from "node:net";

/**
 * A child that cannot outlive us: it runs under a shell that waits on our pipe and ends it when the pipe closes, so
 * even `kill -9` of a test run leaves no server behind. `signal` is the one that makes the program stop quickly;
 * `folder` is removed when it has ended, unless it is kept for the next one. The child does not keep this process alive.
 */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  options: {
    signal: "TERM" | "QUIT" | "INT" | "KILL";
    folder: string;
    keepFolder?: boolean;
    uid?: number;
    gid?: number;
    env?: NodeJS.ProcessEnv;
  },
): { child: ChildProcess; stop(): Promise<void> } {
  const script = [
    '"$0" "$@" </dev/null 3<&- & program=$!',
    "exec 1>&- 2>&-",
    `(cat >/dev/null; kill -${options.signal} $program) <&3 & guard=$!`,
    "wait $program; code=$?",
    "kill $guard",
    ...(options.keepFolder ? [] : ['cd / && rm -rf "$NOETL_TEST_FOLDER"']),
    "exit $code",
  ].join("\n");
  const child = spawn("/bin/sh", ["-c", script, command, ...args], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
    cwd: options.folder,
    env: { ...(options.env ?? process.env), NOETL_TEST_FOLDER: options.folder },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const guard = child.stdio[3];
  child.unref();
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
  return {
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      guard?.destroy();
      await ended;
    },
  };
}

/** Resolves with everything printed so far when a line matches; rejects when the child ends before that. */
export function waitForOutput(child: ChildProcess, pattern: RegExp, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = "";
    const timer = setTimeout(
      () => finish(new Error(`no '${pattern.source}' within ${timeoutMs} ms:\n${seen}`)),
      timeoutMs,
    );
    const onData = (chunk: Buffer) => {
      seen += chunk.toString("utf8");
      if (pattern.test(seen)) finish();
    };
    const onExit = () => finish(new Error(`ended before '${pattern.source}':\n${seen}`));
    const finish = (error?: Error) => {
      clearTimeout(timer);
      child.off("exit", onExit);
      for (const stream of [child.stdout, child.stderr]) {
        stream?.off("data", onData);
        stream?.resume();
      }
      if (error) reject(error);
      else resolve(seen);
    };
    child.once("exit", onExit);
    child.stdout?.on("data", onData);
    child.stderr?.on("data", onData);
  });
}

/** A port that was free a moment ago: callers try again when another process was faster. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
