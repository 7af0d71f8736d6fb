import { open } from "node:fs/promises";
import type { Platform } from "../platforms.ts";

/** Kind of an executable by its first bytes; undefined when it is none of those we make. */
export async function formatOf(path: string): Promise<Platform["format"] | undefined> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return elf(buffer) ?? machO(buffer) ?? portable(buffer);
  } finally {
    await file.close();
  }
}

function elf(head: Buffer): Platform["format"] | undefined {
  if (head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  return pick(head.readUInt16LE(18), { 62: "elf-x64", 183: "elf-arm64" });
}

function machO(head: Buffer): Platform["format"] | undefined {
  if (head.readUInt32LE(0) !== 0xfeedfacf) return undefined;
  return pick(head.readUInt32LE(4), { 16777223: "macho-x64", 16777228: "macho-arm64" });
}

function portable(head: Buffer): Platform["format"] | undefined {
  if (head.toString("latin1", 0, 2) !== "MZ") return undefined;
  const at = head.readUInt32LE(0x3c);
  if (at + 6 > head.length || head.toString("latin1", at, at + 4) !== "PE\0\0") return undefined;
  return pick(head.readUInt16LE(at + 4), { 34404: "pe-x64" });
}

function pick(machine: number, known: Record<number, Platform["format"]>): Platform["format"] | undefined {
  return known[machine];
}
