import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** An `import` or `export … from`, and `import("…")` in a type. */
const SPECIFIER = /(from |import\()"([^"]+)"/g;

/**
 * Writes the declarations that these sources need into `out`, one file a module, and returns the names of the entries
 * there. Our own packages are named by relative paths: only what others publish stays an import.
 */
export async function writeTypes(options: {
  root: string;
  /** path below `root` */
  entries: readonly string[];
  out: string;
}): Promise<string[]> {
  const { root, entries, out } = options;
  const raw = join(out, "raw");
  await emit(root, raw);
  const written = new Map<string, string>();
  const pending = [...entries];
  for (let source = pending.pop(); source !== undefined; source = pending.pop()) {
    const target = nameOf(source);
    if (written.has(target)) continue;
    const text = await readFile(join(raw, source.replace(/\.ts$/, ".d.ts")), "utf8");
    const from = source;
    const replaced: { [specifier: string]: string } = {};
    for (const [, , specifier = ""] of text.matchAll(SPECIFIER)) {
      const found = await sourceOf(root, from, specifier);
      if (found === undefined) continue;
      pending.push(found);
      const path = relative(dirname(target), nameOf(found))
        .replaceAll(sep, "/")
        .replace(/\.d\.ts$/, ".js");
      replaced[specifier] = path.startsWith(".") ? path : `./${path}`;
    }
    const named = text.replace(SPECIFIER, (whole, lead: string, specifier: string) =>
      replaced[specifier] === undefined ? whole : `${lead}"${replaced[specifier]}"`,
    );
    written.set(target, named);
  }
  await rm(raw, { recursive: true });
  for (const [name, text] of written) {
    await mkdir(dirname(join(out, name)), { recursive: true });
    await writeFile(join(out, name), text);
  }
  return entries.map(nameOf);
}

/** Of these packages: what is reached through `node_modules` is compiled, and has no declarations of its own. */
const PACKAGES = ["core", "client", "template", "playbook", "tools", "sdk"];

async function emit(root: string, outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  const config = join(outDir, "tsconfig.json");
  const compilerOptions = { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir, rootDir: root };
  const content = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { ...compilerOptions, typeRoots: [join(root, "node_modules", "@types")] },
    include: PACKAGES.map((name) => join(root, "packages", name, "src", "**", "*.ts")),
    exclude: [join(root, "**", "*.test.ts")],
  };
  await writeFile(config, JSON.stringify(content));
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  try {
    await run(process.execPath, [tsc, "-p", config]);
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout || String(error));
  }
}

/** `packages/sdk/src/view/time.ts` → `sdk/view/time.d.ts` */
function nameOf(source: string): string {
  return source
    .replaceAll("\\", "/")
    .replace(/^packages\/([^/]+)\/src\//, "$1/")
    .replace(/\.ts$/, ".d.ts");
}

/** The source below `root` that a specifier means; undefined when it is none of ours. */
async function sourceOf(root: string, from: string, specifier: string): Promise<string | undefined> {
  if (specifier.startsWith(".")) return join(dirname(from), specifier);
  const [scope, name, ...rest] = specifier.split("/");
  if (scope !== "@noetl" || name === undefined) return undefined;
  const folder = join("packages", name);
  const { exports } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8")) as {
    exports: { [entry: string]: string };
  };
  const entry = exports[rest.length === 0 ? "." : `./${rest.join("/")}`];
  if (entry === undefined) throw new Error(`${specifier} is nothing that ${folder} exports`);
  return join(folder, entry);
}
