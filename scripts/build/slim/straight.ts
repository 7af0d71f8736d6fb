import { readFileSync } from "node:fs";
import { join } from "node:path";
import { namesIn, type Origin, type Origins, originsOf } from "./exports.ts";
import type { Rule } from "./rule.ts";

const IMPORT = /^import \{([^}]*)\} from "(@noetl\/[^"]+)";/gm;

/**
 * Lets our modules import from each other what they use. Through the index of a package, esbuild counts everything that
 * the package has as loaded together, and each command would load most of the program.
 */
export function straight(root: string): Rule {
  const known = new Map<string, Origins>();
  const places = new Map<string, string | undefined>();
  const indexOf = (specifier: string) => {
    if (!places.has(specifier)) places.set(specifier, indexFile(root, specifier));
    return places.get(specifier);
  };
  return {
    filter: /packages[\\/][\w-]+[\\/]src[\\/].*\.ts$/,
    why: "of a package a command needs little",
    contents: (original) =>
      original.replace(IMPORT, (statement, list: string, specifier: string) => {
        const index = indexOf(specifier);
        return index === undefined ? statement : imports(list, specifier, originsOf(index, known));
      }),
  };
}

function imports(list: string, specifier: string, origins: Origins): string {
  return namesIn(list)
    .map(({ name, local }) => {
      const { file, name: made }: Origin = origins.get(name) ?? { file: specifier, name };
      return `import { ${made === local ? local : `${made} as ${local}`} } from ${JSON.stringify(file)};`;
    })
    .join("\n");
}

/** The file behind `@noetl/NAME` or `@noetl/NAME/PART`. */
function indexFile(root: string, specifier: string): string | undefined {
  const [, name = "", ...rest] = specifier.split("/");
  const folder = join(root, "packages", name);
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file: unknown = exports?.[rest.length === 0 ? "." : `./${rest.join("/")}`];
  return typeof file === "string" ? join(folder, file) : undefined;
}
