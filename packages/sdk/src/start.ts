/** `@noetl/sdk/start`: what a program asks before it loads anything else. Must stay small: every start pays for it. */
export { wantsColor } from "./color.ts";
export { readPlugins } from "./plugin/host/record.ts";
