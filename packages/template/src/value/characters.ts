const SURROGATE = /[\ud800-\udfff]/;

/** Python counts code points, JS counts UTF-16 units; they differ only where surrogates are. */
export function characters(value: string): string[] {
  return SURROGATE.test(value) ? Array.from(value) : value.split("");
}

export function characterCount(value: string): number {
  return SURROGATE.test(value) ? Array.from(value).length : value.length;
}

export function characterAt(value: string, index: number): string | undefined {
  if (!SURROGATE.test(value)) return value.at(index);
  return Array.from(value).at(index);
}

/** By code point. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
