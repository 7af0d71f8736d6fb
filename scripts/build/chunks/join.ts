import { createHash } from "node:crypto";
import { dirname, join, relative, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { type Import, importsOf, importText } from "./imports.ts";

/** What esbuild wrote: absolute path → code. */
export type Chunks = Map<string, string>;

/**
 * Makes one file of chunks that are loaded together anyway: a start reads two files instead of thirty. `members` lie in
 * one folder. The others get what they import from the new file; dynamic imports of a member find it there too.
 */
export async function joinChunks(chunks: Chunks, members: ReadonlySet<string>, name: string): Promise<Chunks> {
  const exported = new Map([...members].map((path, index) => [path, renamed(chunks.get(path) ?? "", index)]));
  const code = await bundled(chunks, exported);
  const folder = dirname([...members][0] ?? "");
  const joined = join(folder, `${name}-${createHash("sha256").update(code).digest("hex").slice(0, 8)}.js`);
  const left: Chunks = new Map([[joined, code]]);
  for (const [path, text] of chunks) {
    if (!members.has(path)) left.set(path, redirected(path, text, exported, joined));
  }
  for (const [path, names] of exported) {
    if (isImportedLater(path, left)) left.set(path, facade(names, joined));
  }
  return left;
}

/** Every chunk that is loaded with `roots`, themselves included. */
export function loadedWith(chunks: Chunks, roots: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    for (const { from } of importsOf(chunks.get(path) ?? "")) {
      if (from.startsWith(".")) visit(resolve(dirname(path), from));
    }
  };
  for (const root of roots) visit(root);
  return found;
}

/** Exported name → name that is unique in the new file. */
type Names = ReadonlyMap<string, string>;

function renamed(code: string, index: number): Names {
  const list = /export\{([^}]*)\};?\s*$/.exec(code)?.[1] ?? "";
  const names = list.split(",").filter(Boolean);
  return new Map(names.map((item) => item.split(" as ").at(-1) ?? "").map((name) => [name, `_${index}${name}`]));
}

async function bundled(chunks: Chunks, exported: ReadonlyMap<string, Names>): Promise<string> {
  const lines = [...exported].map(([path, names]) => {
    const list = [...names].map(([name, unique]) => `${name} as ${unique}`);
    return `export { ${list.join(", ")} } from ${JSON.stringify(path)};`;
  });
  const result = await build({
    stdin: { contents: lines.join("\n") },
    plugins: [fromMemory(chunks, exported)],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minify: true,
    write: false,
    logLevel: "warning",
  });
  return result.outputFiles[0]?.text ?? "";
}

function fromMemory(chunks: Chunks, members: ReadonlyMap<string, unknown>): Plugin {
  return {
    name: "from-memory",
    setup(build) {
      build.onResolve({ filter: /^[./]|^\w:/ }, ({ path, importer }) => {
        const found = resolve(dirname(importer), path);
        return members.has(found) ? { path: found, namespace: "chunk" } : { path, external: true };
      });
      build.onLoad({ filter: /.*/, namespace: "chunk" }, ({ path }) => ({ contents: chunks.get(path) ?? "" }));
    },
  };
}

function redirected(path: string, text: string, exported: ReadonlyMap<string, Names>, joined: string): string {
  const names: (readonly [string, string])[] = [];
  let rest = text;
  let touched = false;
  for (const statement of importsOf(text)) {
    const member = exported.get(resolve(dirname(path), statement.from));
    if (!member) continue;
    touched = true;
    rest = rest.replace(statement.text, () => "");
    names.push(...wanted(statement, member));
  }
  if (!touched) return text;
  return importText({ from: pathFrom(path, joined), asDefault: undefined, asAll: undefined, names }) + rest;
}

function wanted({ names, from, asDefault, asAll }: Import, member: Names): (readonly [string, string])[] {
  if (asDefault !== undefined || asAll !== undefined) throw new Error(`${from} is imported as a whole`);
  return names.map(([name, local]) => {
    const unique = member.get(name);
    if (unique === undefined) throw new Error(`${from} has no ${name}`);
    return [unique, local] as const;
  });
}

function isImportedLater(path: string, chunks: Chunks): boolean {
  const file = path.slice(dirname(path).length + 1);
  return [...chunks.values()].some((text) => text.includes(`/${file}")`));
}

function facade(names: Names, joined: string): string {
  const list = [...names].map(([name, unique]) => `${unique} as ${name}`);
  return `export{${list.join(",")}}from"./${joined.slice(dirname(joined).length + 1)}";`;
}

function pathFrom(path: string, to: string): string {
  const found = relative(dirname(path), to).replaceAll("\\", "/");
  return found.startsWith(".") ? found : `./${found}`;
}
