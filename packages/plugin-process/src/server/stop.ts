import { serverPlace } from "../processes/places.ts";
import { holderOf } from "../processes/port.ts";
import { stop } from "../processes/stop.ts";
import { type StopPlaceOptions, type StopResult, stopPlace } from "../processes/stop-place.ts";

export interface StopServerOptions extends Omit<StopPlaceOptions, "place" | "mayStop"> {
  env: NodeJS.ProcessEnv;
  /** where it is looked for when there is no PID file */
  port: number;
  mayStop(pid: number, command: string | undefined): Promise<boolean>;
}

/**
 * Stops the server of this machine: the one in the PID file, else the one that listens on the port, if that is a NoETL server
 * at all. Somebody else's process is never signalled.
 */
export async function stopServer(options: StopServerOptions): Promise<StopResult & { foreign?: string }> {
  const { env, port, patienceMs } = options;
  const place = serverPlace(env);
  const known = await stopPlace({ ...options, place, mayStop: (pid) => options.mayStop(pid, undefined) });
  if (known.status !== "not_running") return known;
  const holder = await holderOf(port);
  if (!holder) return known;
  if (!isServer(holder.command)) return { ...known, foreign: `${holder.pid} (${holder.command})` };
  const { pid, command } = holder;
  if (!(await options.mayStop(pid, command))) return { name: place.name, status: "declined", pid };
  const stopped = await stop({ pid }, { patienceMs, mayKill: () => options.mayKill(pid) });
  return { name: place.name, status: stopped === "gone" ? "stopped" : stopped, pid };
}

/** `… noetl … server start …` of ours, `python -m noetl.server` of the original. */
export function isServer(command: string): boolean {
  const words = command.split(/\s+/);
  if (words.some((word, index) => word === "-m" && words[index + 1] === "noetl.server")) return true;
  const at = words.findIndex((word, index) => word === "server" && words[index + 1] === "start");
  return at > 0 && words.slice(0, at).some((word) => /(^|[/\\])(noetl|ntl|dev)(\.[cm]?[jt]s|\.exe)?$/.test(word));
}
