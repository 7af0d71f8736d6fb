/** Names that templates of this text may read from `env`, so that only those are kept in the log (DSL §6). */
export function environmentNames(text: string): Set<string> {
  const names = new Set<string>();
  for (const match of text.matchAll(
    /\benv(?:\.([A-Za-z_]\w*)|\[\s*\\?['"]([^'"\\]+)\\?['"]\s*\]|\.get\(\s*\\?['"]([^'"\\]+))/g,
  )) {
    const name = match[1] ?? match[2] ?? match[3];
    if (name !== undefined) names.add(name);
  }
  return names;
}

/** Comma globs of `NOETL_TEMPLATE_ENV_ALLOW`; default `*` for local runs (DSL §6). */
export function visibleEnvironment(
  text: string,
  env: { readonly [name: string]: string | undefined },
): { [name: string]: string } {
  const allow = (env.NOETL_TEMPLATE_ENV_ALLOW ?? "*")
    .split(",")
    .map((glob) => glob.trim())
    .filter((glob) => glob !== "");
  const patterns = allow.map(
    (glob) =>
      new RegExp(
        `^${glob
          .replace(/[.+^${}()|[\]\\]/g, "\\$&")
          .replace(/\*/g, ".*")
          .replace(/\?/g, ".")}$`,
      ),
  );
  const visible: { [name: string]: string } = {};
  for (const name of environmentNames(text)) {
    const value = env[name];
    if (value !== undefined && patterns.some((pattern) => pattern.test(name))) visible[name] = value;
  }
  return visible;
}
