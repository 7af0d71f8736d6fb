/** Connection fields by their canonical names, all text. */
export type ConnectionFields = { [name: string]: string };

const NAMES: Record<string, string> = {
  dbname: "database",
  hostaddr: "host",
  ssl_mode: "sslmode",
};

/**
 * `postgresql://user:password@host:5432/database?sslmode=require` or `host=… port=… dbname=… user=…` → fields.
 * Throws `RangeError` on anything else; the message holds no part of the text, which may hold the password.
 */
export function parseConnectionString(text: string): ConnectionFields {
  const value = text.trim();
  const fields = /^(postgres|postgresql)(\+\w+)?:\/\//i.test(value) ? fromUrl(value) : fromKeywords(value);
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [renamed(name), field]));
}

function renamed(name: string): string {
  return (Object.hasOwn(NAMES, name) ? NAMES[name] : undefined) ?? name;
}

function fromUrl(text: string): ConnectionFields {
  const bad = () =>
    new RangeError("the connection string is not a valid URL: percent-encode special characters of user and password");
  const url = URL.parse(text.replace(/^[^:]+:/, "postgres:"));
  if (url === null) throw bad();
  const fields: ConnectionFields = {};
  const put = (name: string, value: string) => {
    if (value === "") return;
    try {
      fields[name] = decodeURIComponent(value);
    } catch (error) {
      if (error instanceof URIError) throw bad();
      throw error;
    }
  };
  put("host", url.hostname.replace(/^\[(.*)\]$/, "$1"));
  put("port", url.port);
  put("user", url.username);
  put("password", url.password);
  put("database", url.pathname.replace(/^\//, ""));
  for (const [name, value] of url.searchParams) fields[name] = value;
  return fields;
}

const PAIR = /\s*(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)*))(?=\s|$)/gy;

function fromKeywords(text: string): ConnectionFields {
  const pairs = [...text.matchAll(PAIR)];
  const length = pairs.reduce((sum, [whole]) => sum + whole.length, 0);
  if (pairs.length === 0 || text.slice(length).trim() !== "") {
    throw new RangeError("the connection string is neither a postgresql:// URL nor a list of name=value");
  }
  return Object.fromEntries(
    pairs.map(([, name = "", quoted, plain]) => [name, (quoted ?? plain ?? "").replace(/\\(.)/g, "$1")]),
  );
}
