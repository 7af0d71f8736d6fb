import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface Predecessor {
  id: string;
  pid: number;
}

/** Who works, or worked, under a name on this machine. */
export interface NamePlate {
  /** The one before us, when its process is gone without having said so. */
  find(): Promise<Predecessor | undefined>;
  put(self: Predecessor): Promise<void>;
  /** Removes it if it is still ours. */
  remove(self: Predecessor): Promise<void>;
}

/**
 * A worker that was killed could not tell the server, which goes on trusting it for a while. Its successor of the same name
 * knows better. `isAlive` asks this machine's process table.
 */
export function namePlate(file: string, isAlive: (pid: number) => boolean): NamePlate {
  async function read(): Promise<Predecessor | undefined> {
    try {
      const [id, pid] = (await readFile(file, "utf8")).trim().split(" ");
      return id === undefined || !/^\d+$/.test(pid ?? "") ? undefined : { id, pid: Number(pid) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  return {
    async find() {
      const found = await read();
      return found && !isAlive(found.pid) ? found : undefined;
    },
    async put({ id, pid }) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, `${id} ${pid}\n`, { mode: 0o600 });
    },
    async remove({ id }) {
      if ((await read())?.id === id) await rm(file, { force: true });
    },
  };
}
