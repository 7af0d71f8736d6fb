/** Reads frames (big-endian 32-bit length, then as many bytes) from chunks. */
export function frameReader(limit: number, onFrame: (frame: Buffer) => void, onTooLong: (bytes: number) => void) {
  let chunks: Buffer[] = [];
  let have = 0;
  let need = 4;
  let length: number | undefined;
  return (chunk: Buffer): void => {
    chunks.push(chunk);
    have += chunk.length;
    while (have >= need) {
      const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, have);
      const part = all.subarray(0, need);
      const rest = all.subarray(need);
      chunks = rest.length > 0 ? [rest] : [];
      have = rest.length;
      if (length === undefined) {
        length = part.readUInt32BE();
        need = length;
        if (length > limit) {
          onTooLong(length);
          return;
        }
      } else {
        length = undefined;
        need = 4;
        onFrame(part);
      }
    }
  };
}

export function frame(body: string): Buffer {
  const bytes = Buffer.byteLength(body);
  const out = Buffer.allocUnsafe(4 + bytes);
  out.writeUInt32BE(bytes);
  out.write(body, 4, "utf8");
  return out;
}
