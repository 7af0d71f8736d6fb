interface Wrap {
  width: number;
  breakLong: boolean;
  onHyphens: boolean;
}

/** One line broken at blanks (and behind hyphens); blanks at a break are dropped. */
export function wrapLine(line: string, { width, breakLong, onHyphens }: Wrap): string[] {
  const chunks = line.split(/(\s+)/).flatMap((part) => (onHyphens ? part.split(/(?<=[\p{L}\d]-)(?=\p{L})/u) : [part]));
  const out: string[] = [];
  let current = "";
  const flush = () => {
    if (current.trimEnd() !== "") out.push(current.trimEnd());
    current = "";
  };
  for (const chunk of chunks) {
    if (chunk === "") continue;
    let rest = chunk;
    if (current.length + rest.length <= width) {
      if (current !== "" || out.length === 0 || rest.trim() !== "") current += rest;
      continue;
    }
    if (rest.trim() === "") {
      flush();
      continue;
    }
    if (breakLong && rest.length > width) {
      while (current.length + rest.length > width) {
        const room = Math.max(width - current.length, current === "" ? 1 : 0);
        current += rest.slice(0, room);
        rest = rest.slice(room);
        flush();
      }
      current = rest;
    } else {
      flush();
      current = rest;
    }
  }
  flush();
  return out;
}
