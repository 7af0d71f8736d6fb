import type { Plugin } from "esbuild";
import type { Page } from "../../packages/cli/src/built/help.ts";
import type { BuildInfo } from "../../packages/cli/src/built/info.ts";
import type { Drawn } from "./drawn.ts";

const NAMESPACE = "drawn";

/** Puts what only a build knows in the place of the modules under `packages/cli/src/built`. */
export function builtModules(info: BuildInfo, drawn: Drawn): Plugin {
  const topics = pagesByTopic(drawn);
  const parts: Record<string, string> = { scripts: lazily(drawn.scripts) };
  for (const [topic, pages] of topics) parts[partOf(topic)] = lazily(pages);
  return {
    name: "built-modules",
    setup(build) {
      build.onLoad({ filter: /cli[\\/]src[\\/]built[\\/]info\.ts$/ }, () => ({
        contents: `export const build = ${JSON.stringify(info)};`,
      }));
      build.onLoad({ filter: /cli[\\/]src[\\/]built[\\/]help\.ts$/ }, () => ({
        contents: helpModule([...topics.keys()], drawn.aliases),
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

/**
 * First word → id and width → page. A reader gets the pages of one topic, and the widths of a page stand side by side,
 * where a packer sees that they are alike.
 */
function pagesByTopic({ pages }: Drawn): Map<string, Record<string, Page>> {
  const topics = new Map<string, Record<string, Page>>();
  const ids = Object.keys(Object.values(pages)[0] ?? {});
  for (const id of ids) {
    const topic = topicOf(id);
    const own = topics.get(topic) ?? {};
    for (const [width, drawn] of Object.entries(pages)) {
      const page = drawn[id];
      if (page) own[`${id} ${width}`] = page;
    }
    topics.set(topic, own);
  }
  return topics;
}

const topicOf = (id: string) => id.split(":", 1)[0] ?? "";

const partOf = (topic: string) => `help-${topic || "all"}`;

/** One function a value: a runtime reads only the one that is called. */
function lazily(values: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(values).map(
    ([key, value]) => `${JSON.stringify(key)}: () => (${JSON.stringify(value)}),`,
  );
  return `export default { __proto__: null,\n${lines.join("\n")}\n};`;
}

function helpModule(topics: readonly string[], aliases: Drawn["aliases"]): string {
  const cases = topics.map((topic) => `${JSON.stringify(topic)}: () => import("drawn:${partOf(topic)}")`);
  return `
const topics = { __proto__: null, ${cases.join(", ")} };
export const drawnPage = async (width, id) =>
  (await topics[id.split(":", 1)[0]]?.())?.default[id + " " + width]?.();
export const completionScript = async (shell) => (await import("drawn:scripts")).default[shell]?.();
export const aliases = ${JSON.stringify(aliases)};
`;
}
