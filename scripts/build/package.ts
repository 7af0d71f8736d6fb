import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PLATFORMS, packageName } from "../platforms.ts";

export interface PackageOptions {
  root: string;
  version: string;
  /** platform name → sha256 of its binary, as far as there are binaries */
  binaries: Readonly<Record<string, string>>;
}

/** `package.json` of the published `@noetl/cli`: no dependency but its own binaries, nothing to run at installation. */
export function wrapperPackage({ root, version, binaries }: PackageOptions): Record<string, unknown> {
  const source = JSON.parse(readFileSync(join(root, "packages", "cli", "package.json"), "utf8"));
  const platforms = PLATFORMS.filter(({ name }) => binaries[name] !== undefined);
  return {
    name: "@noetl/cli",
    version,
    description: source.description,
    keywords: ["workflow", "playbook", "automation", "etl", "orchestration", "cli"],
    license: source.license,
    repository: REPOSITORY,
    homepage: "https://noetl.io",
    bin: { noetl: "bin/noetl.js", ntl: "bin/noetl.js" },
    files: ["bin", "lib"],
    engines: { node: ">=22.15" },
    optionalDependencies: Object.fromEntries(platforms.map((platform) => [packageName(platform), version])),
    peerDependencies: { [DUCKDB]: duckdbRange(root) },
    peerDependenciesMeta: { [DUCKDB]: { optional: true } },
    publishConfig: PUBLISH,
    noetl: { binaries },
  };
}

const DUCKDB = "@duckdb/node-api";
export const REPOSITORY = { type: "git", url: "git+https://github.com/noetl/noetl.git" };
export const PUBLISH = { access: "public", provenance: true };

/** DuckDB from the version that is tested, within its major. */
function duckdbRange(root: string): string {
  const tools = JSON.parse(readFileSync(join(root, "packages", "tools", "package.json"), "utf8"));
  const sections = [tools.dependencies, tools.peerDependencies, tools.optionalDependencies, tools.devDependencies];
  const version: unknown = sections.find((section) => section?.[DUCKDB] !== undefined)?.[DUCKDB];
  if (typeof version !== "string") throw new Error(`packages/tools/package.json does not name ${DUCKDB}`);
  return version.startsWith("^") ? version : `^${version}`;
}
