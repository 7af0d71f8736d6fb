import type { Plugin } from "esbuild";
import type { Page } from "../../../packages/cli/src/built/help.ts";
import type { BuildInfo } from "../../../packages/cli/src/built/info.ts";
import { type Blocks, inBlocks } from "./blocks.ts";
import type { Drawn } from "./drawn.ts";

const NAMESPACE = "drawn";

/** Puts what only a build knows in the place of the modules under `packages/cli/src/built`. */
export function builtModules(info: BuildInfo, drawn: Drawn): Plugin {
  const { pages, shared } = inBlocks(allPages(drawn));
  const topics = byTopic(pages);
  const parts: Record<string, string> = {
    scripts: lazily(drawn.scripts),
    "help-blocks": `export default [${shared.map((block) => `() => ${JSON.stringify(block)}`).join(",\n")}];`,
  };
  for (const [topic, own] of topics) parts[partOf(topic)] = lazily(own);
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
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({
        contents: parts[path] ?? "",
        resolveDir: build.initialOptions.absWorkingDir ?? ".",
      }));
    },
  };
}

/** `ID WIDTH` → page. The widths of a page stand side by side, where a packer sees that they are alike. */
function allPages({ pages }: Drawn): Map<string, Page> {
  const ids = Object.keys(Object.values(pages)[0] ?? {});
  const widths = Object.entries(pages);
  return new Map(
    ids.flatMap((id) => widths.flatMap(([width, drawn]) => (drawn[id] ? [[`${id} ${width}`, drawn[id]]] : []))),
  );
}

/** First word → its pages: a reader gets those of one topic. */
function byTopic(pages: ReadonlyMap<string, Blocks>): Map<string, Record<string, Blocks>> {
  const topics = new Map<string, Record<string, Blocks>>();
  for (const [key, page] of pages) {
    const topic = /^[^: ]*/.exec(key)?.[0] ?? "";
    topics.set(topic, { ...topics.get(topic), [key]: page });
  }
  return topics;
}

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
export const drawnPage = async (width, id) => {
  const page = (await topics[id.split(":", 1)[0]]?.())?.default[id + " " + width]?.();
  if (!page) return undefined;
  const { default: shared } = await import("drawn:help-blocks");
  const text = page.blocks.map((block) => (typeof block === "number" ? shared[block]() : block)).join("\\n\\n");
  return { text, overview: page.overview };
};
export const completionScript = async (shell) => (await import("drawn:scripts")).default[shell]?.();
export const aliases = ${JSON.stringify(aliases)};
`;
}
