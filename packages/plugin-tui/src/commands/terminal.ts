/** Can this terminal only show ASCII? Nobody says so unless a locale or the Linux console does. */
export function isAsciiOnly(env: { readonly [name: string]: string | undefined }): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  return env.TERM === "linux" || (locale !== "" && !/utf-?8/i.test(locale));
}

/** The command line that starts this program once more; a compiled binary names a path inside itself. */
export function thisProgram({ execPath, execArgv, argv }: NodeJS.Process): readonly [string, ...string[]] {
  const script = argv[1];
  if (script === undefined || /\$bunfs|~BUN/.test(script)) return [execPath];
  return [execPath, ...execArgv.filter((flag) => !/^--(inspect|cpu-prof|heap-prof|watch|test)/.test(flag)), script];
}
