/** Output of a child: what is kept for the result, and what is passed on while it runs. */
export interface Capture {
  push(chunk: Buffer): void;
  /** Passes on what is held back: an unfinished line, half a character. */
  end(): void;
  /** `head`, a line saying how much is missing, `tail`; invalid UTF-8 becomes U+FFFD. */
  text(): string;
}

export interface CaptureOptions {
  /** bytes kept from the beginning */
  head: number;
  /** bytes kept from the end */
  tail: number;
  /** gets whole lines with their ends */
  live?: (text: string) => void;
}

/** A line that does not end is passed on in pieces of this many characters. */
const LONGEST_LINE = 64 * 1024;

export function capture({ head, tail, live }: CaptureOptions): Capture {
  const first: Buffer[] = [];
  let room = head;
  let last: Buffer[] = [];
  let lastBytes = 0;
  let lost = 0;
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let line = "";

  const keep = (chunk: Buffer) => {
    let rest = chunk;
    if (room > 0) {
      first.push(rest.subarray(0, room));
      const taken = Math.min(room, rest.length);
      room -= taken;
      rest = rest.subarray(taken);
    }
    if (rest.length === 0) return;
    last.push(rest);
    lastBytes += rest.length;
    // Chunks are dropped whole, so that small ones are not copied again and again.
    while (last[0] !== undefined && lastBytes - last[0].length >= tail) {
      lastBytes -= last[0].length;
      lost += last[0].length;
      last.shift();
    }
  };

  const pass = (text: string) => {
    line += text;
    const end = Math.max(line.lastIndexOf("\n"), line.lastIndexOf("\r")) + 1;
    const cut = end === 0 && line.length > LONGEST_LINE ? line.length : end;
    if (cut === 0) return;
    live?.(line.slice(0, cut));
    line = line.slice(cut);
  };

  return {
    push(chunk) {
      keep(chunk);
      if (!live) return;
      decoder ??= new TextDecoder();
      pass(decoder.decode(chunk, { stream: true }));
    },
    end() {
      if (!live || !decoder) return;
      pass(decoder.decode());
      if (line !== "") live(line);
      line = "";
    },
    text() {
      if (last.length === 0 && first.length === 0) return "";
      let bytes = Buffer.concat(last);
      const surplus = Math.max(0, bytes.length - tail);
      if (lost + surplus === 0) return Buffer.concat([...first, bytes]).toString("utf8");
      bytes = bytes.subarray(surplus);
      last = [bytes];
      lastBytes = bytes.length;
      lost += surplus;
      const start = wholeCharacters(Buffer.concat(first));
      const note = `… ${lost + start.cut} bytes left out …\n`;
      return `${start.text}${start.text === "" ? "" : "\n"}${note}${withoutLeadingHalf(bytes).toString("utf8")}`;
    },
  };
}

/** The text up to the last whole character. */
function wholeCharacters(bytes: Buffer): { text: string; cut: number } {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    if (length > back) return { text: bytes.subarray(0, bytes.length - back).toString("utf8"), cut: back };
    break;
  }
  return { text: bytes.toString("utf8"), cut: 0 };
}

function withoutLeadingHalf(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.subarray(start);
}
