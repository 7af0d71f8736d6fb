import { base64In, packedBytes } from "./packed.ts";
import { instead, type Rule } from "./rule.ts";

/** ink draws the pages of `noetl tui`, with React and Yoga. */
export const TERMINAL: readonly Rule[] = [
  instead(/node_modules[\\/]ink[\\/]build[\\/]devtools\.js$/, "for the development of ink applications", ""),
  instead(
    /node_modules[\\/]ink[\\/]build[\\/]components[\\/]ErrorOverview\.js$/,
    "an excerpt of the code that failed; errors are drawn by the entry point",
    "export default () => null;",
  ),
  {
    filter: /yoga-layout[\\/]dist[\\/]binaries[\\/]yoga-wasm-base64-esm\.js$/,
    why: "WebAssembly",
    contents: (original, path) => {
      const base64 = base64In(original, path);
      const quote = original[original.indexOf(base64) + base64.length] ?? "";
      return original.replace(base64, () => `${quote} + ${packedBytes(base64)}.toString("base64") + ${quote}`);
    },
  },
];
