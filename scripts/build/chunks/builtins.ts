import { isBuiltin } from "node:module";
import { importsOf } from "./imports.ts";

const BUILTIN = "process.getBuiltinModule";

/** Modules that take long to load and are imported as a whole: loaded when something of them is used. */
const HEAVY = new Set(["node:http", "node:https"]);

const LAZILY = `(name)=>new Proxy({},{get:(_,key)=>${BUILTIN}(name)[key],set:(_,key,value)=>Reflect.set(${BUILTIN}(name),key,value)})`;

/**
 * Takes built-in modules without importing them. For an import Node reads every property of the module, whether it is
 * named or not, and some of them load more: `node:http` a second HTTP client, in 20 ms.
 */
export function takeBuiltins(code: string): string {
  const taken: string[] = [];
  let rest = code;
  for (const { text, from, asDefault, asAll, names } of importsOf(code)) {
    if (!from.startsWith("node:") || !isBuiltin(from)) continue;
    rest = rest.replace(text, () => "");
    const module = `${BUILTIN}("${from}")`;
    const lazily = HEAVY.has(from) ? `(${LAZILY})("${from}")` : module;
    for (const whole of [asDefault, asAll]) if (whole !== undefined) taken.push(`${whole}=${lazily}`);
    const plain = names.filter(([name]) => name !== "default");
    for (const [, local] of names.filter(([name]) => name === "default")) taken.push(`${local}=${module}`);
    if (plain.length > 0) {
      const list = plain.map(([name, local]) => (name === local ? name : `${name}:${local}`));
      taken.push(`{${list.join(",")}}=${module}`);
    }
  }
  return taken.length === 0 ? code : `const ${taken.join(",")};${rest}`;
}

/** CommonJS dependencies inside an ES module still call `require` for built-in modules. */
export function withRequire(code: string): string {
  if (!/\brequire\b/.test(code)) return code;
  return `const require=${BUILTIN}("node:module").createRequire(import.meta.url);${code}`;
}
