/** What becomes of one file of a dependency. */
export interface Rule {
  filter: RegExp;
  why: string;
  /** CommonJS or ES module, as the file was; it may still import what the file imported */
  contents(original: string, path: string): string;
}

/** The file is something else. */
export function instead(filter: RegExp, why: string, contents: string): Rule {
  return { filter, why, contents: () => contents };
}

/** Calling what the file exports is a mistake in this program. */
export function never(filter: RegExp, why: string, names: readonly string[]): Rule {
  const thrower = `() => { throw new Error(${JSON.stringify(`not in this build: ${why}`)}); }`;
  const exported = names.map((name) => `exports.${name} =`).join(" ");
  return instead(filter, why, `${exported} ${thrower};`);
}

/** Parts of the file are something else. Each must be there: a new version of the dependency is looked at again. */
export function edited(filter: RegExp, why: string, edits: readonly (readonly [part: string, other: string])[]): Rule {
  const contents = (original: string, path: string) => {
    let text = original;
    for (const [part, other] of edits) {
      if (!text.includes(part)) throw new Error(`${path} has no ${JSON.stringify(part)} any more; see ${why}`);
      text = text.replace(part, () => other);
    }
    return text;
  };
  return { filter, why, contents };
}
