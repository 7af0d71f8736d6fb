/** The parts of a 64-bit Mach-O file that a signature concerns. Layouts: <mach-o/loader.h>. */
export interface MachO {
  /** positions of the load commands in the file */
  signatureAt: number;
  linkeditAt: number;
  textAt: number;
}

const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

/** Throws when the file has no place for a signature. */
export function readMachO(file: Buffer): MachO {
  const found: Partial<MachO> = {};
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const command = file.readUInt32LE(at);
    if (command === LC_CODE_SIGNATURE) found.signatureAt = at;
    if (command === LC_SEGMENT_64) {
      const name = file.toString("latin1", at + 8, at + 24).replace(/\0+$/, "");
      if (name === "__LINKEDIT") found.linkeditAt = at;
      if (name === "__TEXT") found.textAt = at;
    }
    at += file.readUInt32LE(at + 4);
  }
  const { signatureAt, linkeditAt, textAt } = found;
  if (signatureAt === undefined || linkeditAt === undefined || textAt === undefined) {
    throw new Error("no Mach-O file that can be signed");
  }
  return { signatureAt, linkeditAt, textAt };
}
