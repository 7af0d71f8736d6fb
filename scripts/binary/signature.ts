import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { readMachO } from "./mach-o.ts";

const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const SHA256_BYTES = 32;

/**
 * Whether the ad-hoc signature of a macOS binary covers it, page by page. macOS on arm64 kills a program that has none or
 * a wrong one, and nothing on the machine that builds would show it. Layout: <kern/cs_blobs.h>.
 */
export async function isSigned(path: string): Promise<boolean> {
  const file = await readFile(path);
  const { signatureAt } = readMachO(file);
  const offset = file.readUInt32LE(signatureAt + 8);
  const signature = file.subarray(offset, offset + file.readUInt32LE(signatureAt + 12));
  if (signature.readUInt32BE(0) !== SUPER_BLOB) return false;
  const blobs = signature.readUInt32BE(8);
  for (let index = 0; index < blobs; index++) {
    const blob = signature.subarray(signature.readUInt32BE(16 + 8 * index));
    if (blob.readUInt32BE(0) === CODE_DIRECTORY) return coversPages(file, blob);
  }
  return false;
}

function coversPages(file: Buffer, directory: Buffer): boolean {
  const hashes = directory.readUInt32BE(16);
  const pages = directory.readUInt32BE(28);
  const end = directory.readUInt32BE(32);
  const size = 2 ** directory.readUInt8(39);
  if (directory.readUInt8(36) !== SHA256_BYTES || pages !== Math.ceil(end / size)) return false;
  for (let page = 0; page < pages; page++) {
    const content = file.subarray(page * size, Math.min((page + 1) * size, end));
    const wanted = directory.subarray(hashes + page * SHA256_BYTES, hashes + (page + 1) * SHA256_BYTES);
    if (!createHash("sha256").update(content).digest().equals(wanted)) return false;
  }
  return true;
}
