import type { Call } from "./call.ts";

/** A word as a POSIX shell has to read it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export function commandLine(argv: readonly string[]): string {
  return argv.map(quoted).join(" ");
}

/** The call as lines to paste into a shell, its input as a here-document. */
export function pasteable({ argv, input, shownInput, cwd, env }: Call): string {
  const where = cwd === undefined ? "" : `cd ${quoted(cwd)} && `;
  const variables = Object.entries(env ?? {}).map(([name, value]) => `${name}=${quoted(value)} `);
  const line = `${where}${variables.join("")}${commandLine(argv)}`;
  const text = shownInput ?? input;
  if (text === undefined) return line;
  // Unquoted, the shell fills in what `shownInput` leaves to it.
  const [mark, body] = shownInput === undefined ? ["'EOF'", text] : ["EOF", text];
  return `${line} <<${mark}\n${body.endsWith("\n") ? body : `${body}\n`}EOF`;
}
