import { isBuiltin } from "node:module";
import { type Import, importsOf } from "./imports.ts";

const GET = "process.getBuiltinModule";

/** Modules that take milliseconds to load; many a command imports them and calls nothing of them. */
const HEAVY = new Set(["node:crypto", "node:http", "node:https", "node:tls"]);

const PROXY = `(name=>new Proxy({},{get:(_,key)=>${GET}(name)[key],set:(_,key,value)=>Reflect.set(${GET}(name),key,value)}))`;

/**
 * Takes built-in modules without importing them. For an import Node reads every property of the module, whether it is
 * named or not, and some of them load more: `node:http` a second HTTP client, in 20 ms. Heavy modules are loaded when
 * something of them is used.
 */
export function takeBuiltins(code: string): string {
  const taken: string[] = [];
  let rest = code;
  for (const statement of importsOf(code)) {
    if (!statement.from.startsWith("node:") || !isBuiltin(statement.from)) continue;
    rest = rest.replace(statement.text, () => "");
    taken.push(...declarations(statement));
  }
  return taken.length === 0 ? rest : `const ${taken.join(",")};${rest}`;
}

function declarations({ from, asDefault, asAll, names }: Import): string[] {
  const module = `${GET}("${from}")`;
  const whole = HEAVY.has(from) ? `${PROXY}("${from}")` : module;
  const locals = [asDefault, asAll, ...names.filter(([name]) => name === "default").map(([, local]) => local)];
  const named = names.filter(([name]) => name !== "default");
  const later = named.filter(([name]) => HEAVY.has(from) && isPlainFunction(from, name));
  const now = named.filter((one) => !later.includes(one));
  return [
    ...locals.filter((local) => local !== undefined).map((local) => `${local}=${whole}`),
    ...later.map(([name, local]) => `${local}=(...all)=>${module}.${name}(...all)`),
    ...(now.length > 0 ? [`{${now.map(([name, local]) => `${name}:${local}`).join(",")}}=${module}`] : []),
  ];
}

/** Called, and never with `new`. */
function isPlainFunction(module: string, name: string): boolean {
  const found: unknown = (process.getBuiltinModule(module) as unknown as Record<string, unknown>)[name];
  return typeof found === "function" && /^[a-z]/.test(name);
}

/** CommonJS dependencies inside an ES module still call `require` for built-in modules. */
export function withRequire(code: string): string {
  if (!/\brequire[(.]|typeof require\b/.test(code)) return code;
  return `const require=${GET}("node:module").createRequire(import.meta.url);${code}`;
}
