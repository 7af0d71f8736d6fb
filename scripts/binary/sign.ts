import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { readMachO } from "./mach-o.ts";

const HEADER_BYTES = 20;
const DIRECTORY_BYTES = 88;
const HASH_BYTES = 32;
const PAGE_BITS = 12;
/** ad hoc, made by a linker */
const FLAGS = 0x20002;

/**
 * Replaces the signature of a macOS binary by an ad-hoc one that fits its content. Bun does so for arm64 and leaves on x64
 * the one of its own release, which covers other bytes: macOS may kill a program for that. Layout: <kern/cs_blobs.h>.
 */
export async function signAdHoc(path: string, identifier: string): Promise<void> {
  const file = await readFile(path);
  const { signatureAt, linkeditAt, textAt } = readMachO(file);
  const end = file.readUInt32LE(signatureAt + 8);
  const pages = Math.ceil(end / 2 ** PAGE_BITS);
  const name = Buffer.from(`${identifier}\0`);
  const length = DIRECTORY_BYTES + name.length + pages * HASH_BYTES;
  const bytes = Math.ceil((HEADER_BYTES + length) / 16) * 16;

  // The load commands are part of what is signed, so they come first.
  const linkedit = end + bytes - Number(file.readBigUInt64LE(linkeditAt + 40));
  file.writeUInt32LE(bytes, signatureAt + 12);
  file.writeBigUInt64LE(BigInt(linkedit), linkeditAt + 48);
  file.writeBigUInt64LE(BigInt(Math.ceil(linkedit / 0x4000) * 0x4000), linkeditAt + 32);

  const signature = Buffer.alloc(bytes);
  for (const [index, word] of [0xfade0cc0, HEADER_BYTES + length, 1, 0, HEADER_BYTES].entries()) {
    signature.writeUInt32BE(word, index * 4);
  }
  const directory = signature.subarray(HEADER_BYTES);
  const hashes = DIRECTORY_BYTES + name.length;
  const words = [0xfade0c02, length, 0x20400, FLAGS, hashes, DIRECTORY_BYTES, 0, pages, end];
  for (const [index, word] of words.entries()) directory.writeUInt32BE(word, index * 4);
  // Size and kind (SHA-256) of a hash, no platform, bits of a page.
  directory.set([HASH_BYTES, 2, 0, PAGE_BITS], 36);
  directory.writeBigUInt64BE(file.readBigUInt64LE(textAt + 40), 64);
  directory.writeBigUInt64BE(file.readBigUInt64LE(textAt + 48), 72);
  // The main program, not a library.
  directory.writeBigUInt64BE(1n, 80);
  name.copy(directory, DIRECTORY_BYTES);
  const signed = file.subarray(0, end);
  for (let page = 0; page < pages; page++) {
    const content = signed.subarray(page << PAGE_BITS, (page + 1) << PAGE_BITS);
    createHash("sha256")
      .update(content)
      .digest()
      .copy(directory, hashes + page * HASH_BYTES);
  }
  await writeFile(path, Buffer.concat([signed, signature]));
}
