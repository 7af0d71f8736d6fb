import { createHash } from "node:crypto";

/** What templates see. */
export interface Release {
  namespace: string;
  values: unknown;
  appVersion: string;
}

/**
 * Renders a template the way Helm does, for those constructs a chart of ours has and for no others: everything else throws.
 * `files` are the templates by their name, for `include`.
 */
export function render(text: string, release: Release, files: ReadonlyMap<string, string>): string {
  const parts = text.split(/(\{\{-?[\s\S]*?-?\}\})/);
  const stack: { taken: boolean; shown: boolean }[] = [];
  let out = "";
  let trimNext = false;
  for (const part of parts) {
    if (!part.startsWith("{{")) {
      const shown = stack.every((each) => each.shown);
      if (shown) out += trimNext ? part.trimStart() : part;
      if (part !== "") trimNext = false;
      continue;
    }
    const inner = part.replace(/^\{\{-?\s*|\s*-?\}\}$/g, "");
    if (part.startsWith("{{-") && stack.every((each) => each.shown)) out = out.trimEnd();
    trimNext = part.endsWith("-}}");
    if (inner.startsWith("if ")) {
      const taken = truth(pipeline(inner.slice(3), release, files));
      stack.push({ taken, shown: taken });
    } else if (inner === "else") {
      const top = stack.at(-1);
      if (!top) throw new Error("else without if");
      top.shown = !top.taken;
    } else if (inner === "end") {
      if (!stack.pop()) throw new Error("end without if");
    } else if (stack.every((each) => each.shown)) {
      out += printed(pipeline(inner, release, files));
    }
  }
  if (stack.length > 0) throw new Error("if without end");
  return out;
}

type Files = ReadonlyMap<string, string>;

const truth = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== 0 && value !== "";

function printed(value: unknown): string {
  if (value === undefined || value === null) throw new Error("a value that is not there was printed");
  return String(value);
}

function pipeline(text: string, release: Release, files: Files): unknown {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[()|]|[^\s()|]+/g) ?? [];
  let at = 0;

  function piped(): unknown {
    let value = call([]);
    while (tokens[at] === "|") {
      at += 1;
      value = call([value]);
    }
    return value;
  }

  function call(last: unknown[]): unknown {
    const operands: unknown[] = [];
    const name = tokens[at] ?? "";
    const isFunction = /^[a-z]/i.test(name) && !/^\d/.test(name);
    if (isFunction) at += 1;
    while (at < tokens.length && tokens[at] !== "|" && tokens[at] !== ")") operands.push(operand());
    if (isFunction) return apply(name, [...operands, ...last], release, files);
    if (operands.length !== 1 || last.length > 0) throw new Error(`not understood: ${text}`);
    return operands[0];
  }

  function operand(): unknown {
    const token = tokens[at] ?? "";
    at += 1;
    if (token === "(") {
      const value = piped();
      if (tokens[at] !== ")") throw new Error(`a parenthesis is open: ${text}`);
      at += 1;
      const next = tokens[at];
      if (next?.startsWith(".") !== true) return value;
      at += 1;
      return field(value, next);
    }
    if (token.startsWith('"')) return JSON.parse(token);
    if (/^\d+$/.test(token)) return Number(token);
    if (token === "$.Template.BasePath") return "noetl/templates";
    if (token === ".") return release;
    if (token === ".Release.Namespace") return release.namespace;
    if (token === ".Release.Service") return "Helm";
    if (token === ".Chart.AppVersion") return release.appVersion;
    if (token.startsWith(".Values")) return field(release.values, token.slice(".Values".length));
    throw new Error(`not understood: ${token} in ${text}`);
  }

  const value = piped();
  if (at !== tokens.length) throw new Error(`not understood: ${text}`);
  return value;
}

function field(value: unknown, path: string): unknown {
  return path
    .split(".")
    .filter((key) => key !== "")
    .reduce<unknown>((found, key) => {
      if (typeof found !== "object" || found === null) throw new Error(`${path}: nothing there has a field ${key}`);
      return (found as Record<string, unknown>)[key];
    }, value);
}

function apply(name: string, args: unknown[], release: Release, files: Files): unknown {
  const [first, second, third] = args;
  switch (name) {
    case "index":
      return field(first, `.${String(second)}`);
    case "and":
      return args.find((each) => !truth(each)) ?? args.at(-1);
    case "not":
      return !truth(first);
    case "int":
      return Math.trunc(Number(first));
    case "add":
      return args.reduce<number>((sum, each) => sum + Number(each), 0);
    case "quote":
      return JSON.stringify(printed(first));
    case "print":
      return args.map(printed).join("");
    case "include": {
      const file = String(first).replace("noetl/", "");
      const text = files.get(file);
      if (text === undefined) throw new Error(`there is no template ${file}`);
      return render(text, release, files);
    }
    case "sha256sum":
      return createHash("sha256").update(printed(first)).digest("hex");
    case "trunc":
      return printed(second).slice(0, Number(first));
    case "splitList":
      return printed(second).split(String(first));
    case "last":
      return (first as unknown[]).at(-1);
    case "replace":
      return printed(third).replaceAll(String(first), String(second));
    default:
      throw new Error(`no function ${name}`);
  }
}
