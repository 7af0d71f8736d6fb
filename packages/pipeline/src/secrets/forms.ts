/** Shorter texts are no secrets worth the damage of masking them everywhere (DSL §9.3.2). */
export const SHORTEST_SECRET = 4;

/**
 * The spellings under which a secret may leave: itself, its lines (output comes line by line), inside a JSON string, in
 * a URL, and in Base64 at any of the three alignments, so that `user:secret` of basic auth is caught too.
 */
export function formsOf(secret: string): string[] {
  const forms = new Set<string>();
  const add = (form: string) => {
    if (form.length >= SHORTEST_SECRET) forms.add(form);
  };
  add(secret);
  if (secret !== secret.trim()) add(secret.trim());
  if (/[\r\n]/.test(secret)) {
    for (const line of secret.split(/\r?\n/)) if (line.trim().length >= 8) add(line.trim());
  }
  add(JSON.stringify(secret).slice(1, -1));
  add(asciiJson(secret));
  const url = encodeURIComponent(secret.toWellFormed());
  add(url);
  add(url.replace(/%20/g, "+"));
  add(url.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`));
  for (const text of base64Forms(secret)) {
    add(text);
    add(text.replace(/\+/g, "-").replace(/\//g, "_"));
  }
  return [...forms];
}

/** As encoders write it that escape everything beyond ASCII (Python's json). */
function asciiJson(secret: string): string {
  return JSON.stringify(secret)
    .slice(1, -1)
    .replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The part of the Base64 text that depends on the secret alone, for each offset at which it may start. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const forms = [bytes.toString("base64").replace(/=+$/, "")];
  for (const lead of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(lead), bytes]).toString("base64");
    const from = Math.ceil((lead * 8) / 6);
    const to = Math.floor(((lead + bytes.length) * 8) / 6);
    const inner = text.slice(from, to);
    if (inner.length >= 6) forms.push(inner);
  }
  return forms;
}
