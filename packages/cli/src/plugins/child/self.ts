/** The command line that starts this program once more, whatever it runs on. */
export function selfCommand(): [string, ...string[]] {
  const script = process.argv[1];
  // A compiled binary names a path inside itself.
  const compiled = script === undefined || /^(\/\$bunfs\/|[A-Z]:[\\/]~BUN)/.test(script);
  return compiled ? [process.execPath] : [process.execPath, ...process.execArgv, script];
}

/** First argument that makes the program a child which runs code of one plugin; `main.ts` looks for it. */
export const CHILD = "__plugin";
