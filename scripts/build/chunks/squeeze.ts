import { minifySync } from "@swc/wasm";

/** Smaller files are not worth the time. */
const WORTH = 8_192;

/** What esbuild leaves to be gained: it minifies each statement, swc looks at functions as a whole. */
export function squeezed(code: string): string {
  if (code.length < WORTH) return code;
  const { code: smaller } = minifySync(code, {
    module: true,
    ecma: 2022,
    compress: { ecma: 2022 },
    mangle: { toplevel: true },
  });
  return smaller;
}
