import type { ChildProcess } from "node:child_process";
import process from "node:process";
import type { Resources } from "../tool.ts";
import { killGroup } from "./group.ts";

/** The programs that run now. When this process ends before they do (a second Ctrl-C), they end with it. */
export interface LivePrograms {
  add(child: ChildProcess): void;
  remove(child: ChildProcess): void;
}

/** One exit listener for all of them, for as long as the host keeps its resources. */
export function livePrograms(resources: Resources): LivePrograms {
  return resources.get("process.live", open, (live) => live.close());
}

function open(): LivePrograms & { close(): void } {
  const children = new Set<ChildProcess>();
  const end = () => {
    for (const child of children) killGroup(child);
  };
  process.once("exit", end);
  return {
    add: (child) => void children.add(child),
    remove: (child) => void children.delete(child),
    close: () => void process.off("exit", end),
  };
}
