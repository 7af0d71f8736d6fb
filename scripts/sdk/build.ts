import { readFileSync } from "node:fs";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { EXTERNAL } from "../build/bundle.ts";
import { PUBLISH, REPOSITORY } from "../build/package.ts";
import { writeTypes } from "./types.ts";

/** What plugins import, by the name of its file. */
const ENTRIES = {
  index: "packages/sdk/src/index.ts",
  tool: "packages/sdk/src/plugin/tool.ts",
  "plugin-testing": "packages/sdk/src/plugin/testing.ts",
} as const;

/** What the published SDK asks for: its types are part of ours. */
const FRAMEWORK = "@oclif/core";

/**
 * Makes `@noetl/sdk` as it is published: for editors and tests of plugins. A plugin that runs inside `noetl` gets the
 * program's own copy instead.
 */
export async function buildSdk({ root, out, version }: { root: string; out: string; version: string }): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ENTRIES,
    outdir: join(out, "lib"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    minifySyntax: true,
    legalComments: "none",
    external: [...EXTERNAL, FRAMEWORK],
    // Parts of it are CommonJS and ask for modules of Node.
    banner: { js: 'import { createRequire as _r } from "node:module"; const require = _r(import.meta.url);' },
    chunkNames: "chunks/[name]-[hash]",
    logLevel: "warning",
  });
  const types = await writeTypes({ root, entries: Object.values(ENTRIES), out: join(out, "types") });
  const names = Object.keys(ENTRIES);
  const exports = Object.fromEntries(
    names.map((name, index) => [
      name === "index" ? "." : `./${name}`,
      { types: `./types/${types[index]}`, default: `./lib/${name}.js` },
    ]),
  );
  const source = JSON.parse(readFileSync(join(root, "packages", "sdk", "package.json"), "utf8"));
  const content = {
    name: "@noetl/sdk",
    version,
    description: source.description,
    keywords: ["noetl", "noetl-plugin", "workflow", "cli"],
    license: source.license,
    repository: { ...REPOSITORY, directory: "packages/sdk" },
    homepage: "https://noetl.io",
    type: "module",
    sideEffects: false,
    exports,
    files: ["lib", "types"],
    engines: { node: ">=22.15" },
    dependencies: { [FRAMEWORK]: source.dependencies[FRAMEWORK] },
    publishConfig: PUBLISH,
  };
  await writeFile(join(out, "package.json"), `${JSON.stringify(content, null, 2)}\n`);
  await copyFile(join(root, "LICENSE"), join(out, "LICENSE"));
  await writeFile(join(out, "README.md"), README);
}

const README = `# @noetl/sdk

What plugins of [NoETL](https://www.npmjs.com/package/@noetl/cli) import: commands (\`@noetl/sdk\`), tool kinds
(\`@noetl/sdk/tool\`) and their tests (\`@noetl/sdk/plugin-testing\`).

\`\`\`sh
npm install --global @noetl/cli
noetl plugins new noetl-weather
\`\`\`

makes a plugin to start from; its [guide](https://github.com/noetl/noetl/blob/main/docs/plugins.md) goes from there to a
published package. Make it a development dependency: inside \`noetl\` a plugin always gets the program's own copy.
`;
