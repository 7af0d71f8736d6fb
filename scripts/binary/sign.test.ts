import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { formatOf } from "./format.ts";
import { signAdHoc } from "./sign.ts";
import { isSigned } from "./signature.ts";

/** A Mach-O file of some pages whose signature is 64 bytes of nothing. */
function program(): Buffer {
  const end = 10_000;
  const file = Buffer.alloc(end + 64, "x");
  file.fill(0, 0, 400);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(0x1000007, 4);
  file.writeUInt32LE(3, 16);
  const segment = (at: number, name: string, offset: number, size: number) => {
    file.writeUInt32LE(0x19, at);
    file.writeUInt32LE(72, at + 4);
    file.write(name, at + 8);
    file.writeBigUInt64LE(BigInt(offset), at + 40);
    file.writeBigUInt64LE(BigInt(size), at + 48);
  };
  segment(32, "__TEXT", 0, 8192);
  segment(104, "__LINKEDIT", 8192, end + 64 - 8192);
  for (const [index, word] of [0x1d, 16, end, 64].entries()) file.writeUInt32LE(word, 176 + index * 4);
  return file;
}

async function fileWith(t: TestContext, content: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "noetl-sign-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "program");
  await writeFile(path, content);
  return path;
}

test("a signature that was made covers every page, and the size of its segment", async (t) => {
  const path = await fileWith(t, program());
  assert.equal(await isSigned(path), false);
  await signAdHoc(path, "noetl");
  assert.equal(await isSigned(path), true);
  const signed = await readFile(path);
  assert.equal(signed.readUInt32LE(184) + signed.readUInt32LE(188), signed.length);
  assert.equal(8192 + Number(signed.readBigUInt64LE(104 + 48)), signed.length);
  for (const at of [200, 5_000, 9_999]) {
    const damaged = Buffer.from(signed);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    assert.equal(await isSigned(await fileWith(t, damaged)), false, `byte ${at}`);
  }
});

test("executables are known by their first bytes", async (t) => {
  assert.equal(await formatOf(await fileWith(t, program())), "macho-x64");
  assert.equal(await formatOf(await fileWith(t, Buffer.alloc(4096))), undefined);
  const elf = Buffer.alloc(4096);
  elf.write("\u007fELF", "latin1");
  elf.writeUInt16LE(0xb7, 18);
  assert.equal(await formatOf(await fileWith(t, elf)), "elf-arm64");
  const pe = Buffer.alloc(4096);
  pe.write("MZ");
  pe.writeUInt32LE(0x80, 0x3c);
  pe.write("PE\0\0", 0x80);
  pe.writeUInt16LE(0x8664, 0x84);
  assert.equal(await formatOf(await fileWith(t, pe)), "pe-x64");
});
