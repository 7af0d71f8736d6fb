/**
 * A token in the address that the identity provider sent the browser back to: after `#`, then after `?`; an ID token
 * before an access token (cli.md §4.9.1).
 */
export function tokenInUrl(text: string): string | undefined {
  for (const mark of ["#", "?"]) {
    const at = text.indexOf(mark);
    if (at === -1) continue;
    const fields = new URLSearchParams(text.slice(at + 1).split("#")[0]);
    const token = fields.get("id_token") ?? fields.get("access_token");
    if (token) return token;
  }
  return undefined;
}

export type GivenValue = { kind: "token"; token: string } | { kind: "email"; email: string };

/** What `--auth0 VALUE` is: a callback address, an e-mail, or the token itself. */
export function givenValue(text: string): GivenValue {
  const found = tokenInUrl(text);
  if (found !== undefined) return { kind: "token", token: found };
  if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text)) return { kind: "email", email: text };
  return { kind: "token", token: text };
}

/** `3f1c0a…9b2e`: enough to tell two apart. */
export function maskedToken(token: string): string {
  return token.length < 16 ? "***" : `${token.slice(0, 6)}…${token.slice(-4)}`;
}
