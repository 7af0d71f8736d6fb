import { Worker } from "node:worker_threads";

/**
 * Ends the process, from another thread and with a word on stderr, unless the way back is taken within `ms`. For code
 * that may never give the main thread back: a timer there would not ring, nor would Ctrl-C where a run listens for it.
 */
export function endWhenBlocked(ms: number, lastWords: string): () => void {
  const end = `require("node:fs").writeSync(2, ${JSON.stringify(`${lastWords}\n`)}); process.kill(process.pid, "SIGKILL");`;
  const watch = new Worker(`setTimeout(() => { ${end} }, ${Math.floor(ms)})`, { eval: true });
  watch.unref();
  return () => void watch.terminate();
}
