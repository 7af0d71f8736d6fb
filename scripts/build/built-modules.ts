import type { Plugin } from "esbuild";
import type { BuildInfo } from "../../packages/cli/src/built/info.ts";
import type { Drawn } from "./drawn.ts";

const NAMESPACE = "drawn";

/** Puts what only a build knows in the place of the modules under `packages/cli/src/built`. */
export function builtModules(info: BuildInfo, drawn: Drawn): Plugin {
  const parts: Record<string, unknown> = { scripts: drawn.scripts };
  for (const [width, pages] of Object.entries(drawn.pages)) parts[`help-${width}`] = pages;
  return {
    name: "built-modules",
    setup(build) {
      build.onLoad({ filter: /cli[\\/]src[\\/]built[\\/]info\.ts$/ }, () => ({
        contents: `export const build = ${JSON.stringify(info)};`,
      }));
      build.onLoad({ filter: /cli[\\/]src[\\/]built[\\/]help\.ts$/ }, () => ({
        contents: helpModule(drawn),
        resolveDir: build.initialOptions.absWorkingDir ?? ".",
      }));
      build.onResolve({ filter: /^drawn:/ }, ({ path }) => ({
        path: path.slice("drawn:".length),
        namespace: NAMESPACE,
      }));
      // A string that is parsed as JSON loads faster than the same object as source.
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: `export default JSON.parse(${JSON.stringify(JSON.stringify(parts[path]))});`,
      }));
    },
  };
}

function helpModule(drawn: Drawn): string {
  const cases = Object.keys(drawn.pages).map((width) => `${width}: () => import("drawn:help-${width}")`);
  return `
const pages = { ${cases.join(", ")} };
export const drawnHelp = async (width) => (await pages[width]()).default;
export const completionScripts = async () => (await import("drawn:scripts")).default;
export const aliases = ${JSON.stringify(drawn.aliases)};
`;
}
