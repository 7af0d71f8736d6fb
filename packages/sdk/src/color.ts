/** What decides on colour: the environment and whether the stream is a terminal. */
export interface ColorInput {
  env: { readonly [name: string]: string | undefined };
  isTTY: boolean;
}

/**
 * `NO_COLOR` wins, then `FORCE_COLOR` and `CLICOLOR_FORCE`, then `TERM=dumb` and `CLICOLOR=0`; otherwise a terminal has
 * colour. An empty variable counts as unset, `FORCE_COLOR=0` turns colour off.
 */
export function wantsColor({ env, isTTY }: ColorInput): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  if (env.CLICOLOR_FORCE && env.CLICOLOR_FORCE !== "0") return true;
  if (env.TERM === "dumb" || env.CLICOLOR === "0") return false;
  return isTTY;
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof CODES;
export type Palette = { readonly [style in Style]: (text: string) => string };

/** Functions that wrap text in a style; without colour they return it as it is. */
export function palette(color: boolean): Palette {
  const style = (name: Style) => {
    const [on, off] = CODES[name];
    return color ? (text: string) => `\u001b[${on}m${text}\u001b[${off}m` : (text: string) => text;
  };
  return {
    bold: style("bold"),
    dim: style("dim"),
    red: style("red"),
    green: style("green"),
    yellow: style("yellow"),
    blue: style("blue"),
    magenta: style("magenta"),
    cyan: style("cyan"),
  };
}
