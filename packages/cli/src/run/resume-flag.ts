/** What `--resume` without an ID stands for. */
export const NEWEST = "newest";

/**
 * `--resume` takes an optional ID (decision 34), which the parser cannot express: a run of digits that follows is the ID,
 * anything else is not. `--resume=ID` is left as it is.
 */
export function spellResume(argv: readonly string[]): string[] {
  const end = argv.indexOf("--");
  const result: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const token = argv[index] ?? "";
    const next = argv[index + 1];
    if (token !== "--resume" || (end !== -1 && index > end)) result.push(token);
    else if (next !== undefined && /^\d+$/.test(next)) {
      result.push(`--resume=${next}`);
      index++;
    } else result.push(`--resume=${NEWEST}`);
  }
  return result;
}
