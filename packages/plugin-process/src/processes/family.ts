import { readdir, readFile } from "node:fs/promises";

export interface Relation {
  pid: number;
  ppid: number;
}

/** Every process and its parent. Linux is asked directly: slim images have no `ps`. */
export async function family(): Promise<Relation[]> {
  if (process.platform !== "linux") {
    const { default: psList } = await import("ps-list");
    return psList();
  }
  const found: Relation[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = await readFile(`/proc/${name}/stat`, "latin1");
      const [, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      found.push({ pid: Number(name), ppid: Number(ppid) });
    } catch (error) {
      // It ended while we looked.
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
  return found;
}
