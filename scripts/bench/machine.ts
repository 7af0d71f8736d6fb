import { existsSync, readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { DatabaseSync } from "node:sqlite";

/** Facts that the figures depend on; nothing that names the machine. */
export interface Machine {
  system: string;
  processor: string;
  cores: number;
  memory_gb: number;
  node: string;
  sqlite: string;
  /** how busy the machine was before the first part: 1 = every core */
  load: number;
}

export function machine(): Machine {
  const processors = cpus();
  const db = new DatabaseSync(":memory:");
  const version = db.prepare("SELECT sqlite_version() AS version").get();
  db.close();
  return {
    system: `${type()} ${release().split("-")[0]}${existsSync("/.dockerenv") ? ", container" : ""}${virtual()}`,
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    sqlite: String(version?.version),
    load: Math.round(((loadavg()[0] ?? 0) / processors.length) * 10) / 10,
  };
}

function virtual(): string {
  if (!existsSync("/proc/cpuinfo")) return "";
  return /^flags\s*:.*\bhypervisor\b/m.test(readFileSync("/proc/cpuinfo", "utf8")) ? ", virtual machine" : "";
}
