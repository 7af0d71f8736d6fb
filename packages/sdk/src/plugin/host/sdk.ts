import { existsSync } from "node:fs";
import * as node from "node:module";

/** What plugins may import, and the running program's own copy of it, loaded when a plugin asks. */
const ENTRIES = {
  "@noetl/sdk": { file: "index", load: () => import("../../index.ts") },
  "@noetl/sdk/tool": { file: "tool", load: () => import("../tool.ts") },
  "@noetl/sdk/plugin-testing": { file: "plugin-testing", load: () => import("../testing.ts") },
} as const;

export const SDK_SPECIFIERS = Object.keys(ENTRIES) as (keyof typeof ENTRIES)[];

interface BunLike {
  plugin(plugin: {
    name: string;
    setup(build: {
      module(specifier: string, load: () => Promise<{ exports: unknown; loader: "object" }>): void;
    }): void;
  }): void;
}

const PROVIDED = Symbol.for("noetl.sdk.provided");
const ASKED = Symbol.for("noetl.plugins.asked");

/**
 * Makes `import … from "@noetl/sdk"` in a plugin mean the running program's copy, wherever the plugin lies and whether or
 * not it has one of its own: one copy starts faster, and works where nothing is installed beside the plugin.
 */
export function provideSdk(): void {
  const state = globalThis as { [PROVIDED]?: true; Bun?: BunLike };
  if (state[PROVIDED]) return;
  state[PROVIDED] = true;
  if (state.Bun) {
    // A compiled binary has no files that a resolver could point at.
    state.Bun.plugin({
      name: "noetl-sdk",
      setup(build) {
        for (const [specifier, { load }] of Object.entries(ENTRIES)) {
          build.module(specifier, async () => ({ exports: await load(), loader: "object" }));
        }
      },
    });
    return;
  }
  node.registerHooks({
    resolve(specifier, context, next) {
      const url = sdkUrl(specifier);
      if (url !== undefined) return { url, shortCircuit: true };
      const found = next(specifier, context);
      for (const list of listeners()) list.push(found.url);
      return found;
    },
  });
}

/** The modules that are asked for until its `end`; none where the runtime does not tell. */
export function askedModules(): { list: readonly string[]; end(): void } {
  const list: string[] = [];
  listeners().add(list);
  return { list, end: () => void listeners().delete(list) };
}

function listeners(): Set<string[]> {
  const state = globalThis as { [ASKED]?: Set<string[]> };
  state[ASKED] ??= new Set();
  return state[ASKED];
}

/** Where the program's copy of an entry is; `undefined` for any other module. */
export function sdkUrl(specifier: string): string | undefined {
  const known = Object.entries(ENTRIES).find(([name]) => name === specifier)?.[1];
  if (!known) return undefined;
  // The bundle has one module an entry in its folder `sdk`; this file is part of its main module or of a chunk.
  const bundled = ["./sdk", "../sdk"].map((folder) => new URL(`${folder}/${known.file}.js`, import.meta.url));
  const found = bundled.find((url) => existsSync(url));
  if (found) return found.href;
  const sources = { index: "../../index.ts", tool: "../tool.ts", "plugin-testing": "../testing.ts" };
  return new URL(sources[known.file], import.meta.url).href;
}
