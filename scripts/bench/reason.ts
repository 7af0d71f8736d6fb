/** What npm says in one line; nothing of the machine is in it. */
export function whyNotInstalled(error: unknown): string {
  const text = String(error instanceof Error ? error.message : error);
  const code = /npm (?:error|ERR!) code (\S+)/.exec(text)?.[1];
  return code === undefined ? whyFailed(error) : `npm cannot install it (${code})`;
}

/** The first line of what a program says that names its error, without paths of this machine. */
export function whyFailed(error: unknown): string {
  const text = String(error instanceof Error ? error.message : error);
  const line = /^\s*(\w*Error\b.*)$/m.exec(text)?.[1] ?? text.split("\n")[0] ?? "";
  return line.replace(/(?:file:\/\/)?(?:\/[\w.@+-]+){2,}/g, "…").slice(0, 160);
}
