import type { Plugin } from "esbuild";
import type { BuildInfo } from "../../packages/cli/src/built/info.ts";
import type { Drawn } from "./drawn.ts";

const NAMESPACE = "drawn";

/** Puts what only a build knows in the place of the modules under `packages/cli/src/built`. */
export function builtModules(info: BuildInfo, drawn: Drawn): Plugin {
  const parts: Record<string, string> = { scripts: lazily(drawn.scripts) };
  for (const [width, pages] of Object.entries(drawn.pages)) parts[`help-${width}`] = lazily(pages);
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
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: parts[path] ?? "" }));
    },
  };
}

/** One function a value: a runtime reads only the one that is called. */
function lazily(values: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(values).map(
    ([key, value]) => `${JSON.stringify(key)}: () => (${JSON.stringify(value)}),`,
  );
  return `export default { __proto__: null,\n${lines.join("\n")}\n};`;
}

function helpModule(drawn: Drawn): string {
  const cases = Object.keys(drawn.pages).map((width) => `${width}: () => import("drawn:help-${width}")`);
  return `
const pages = { ${cases.join(", ")} };
export const drawnPage = async (width, id) => (await pages[width]()).default[id]?.();
export const completionScript = async (shell) => (await import("drawn:scripts")).default[shell]?.();
export const aliases = ${JSON.stringify(drawn.aliases)};
`;
}
