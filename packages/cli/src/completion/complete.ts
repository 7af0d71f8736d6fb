import type { Known } from "../plugins/known.ts";
import { FILE_KINDS } from "./kinds.ts";
import { placeOf, serverOf } from "./place.ts";
import { type Source, type Surroundings, sourcesOf } from "./values.ts";

export interface Completion {
  /** that can stand where the cursor is, sorted */
  words: string[];
  /** there are none, and a file may be meant: the shell offers those */
  files: boolean;
}

/** What can stand where the cursor is: behind `words`, in a word of which `typed` is there. */
export async function complete(
  words: readonly string[],
  typed: string,
  { known, trouble, ...around }: Surroundings & { known: Known; trouble(error: unknown): void },
): Promise<Completion> {
  const { before, whole, given } = joined(words, typed);
  const place = await placeOf(before, whole, known);
  const fitting = (await found()).filter((word) => word.startsWith(whole)).map((word) => word.slice(given.length));
  return { words: [...new Set(fitting)].sort(), files: fitting.length === 0 && mayBeFile() };

  async function found(): Promise<readonly string[]> {
    switch (place.is) {
      case "command":
        return nextWords(place.before, known);
      case "flag":
        return place.names;
      case "word":
        return place.words.map((word) => place.lead + word);
      case "value": {
        const { kind, args, lead } = place;
        const flags = { ...around.flags, ...serverOf(before) };
        const sources = sourcesOf(kind, args, whole.slice(lead.length), { ...around, flags });
        return (await gather(sources, around.patienceMs, trouble)).map((word) => lead + word);
      }
      case "anything":
        return [];
    }
  }

  function mayBeFile(): boolean {
    return place.is === "anything" ? place.files : place.is === "value" && FILE_KINDS.has(place.kind);
  }
}

/** bash makes words of their own of `=` and `:`, as in `--context=pr`, and wants back only what stands behind the last. */
function joined(words: readonly string[], typed: string): { before: string[]; whole: string; given: string } {
  const all: string[] = [];
  let glued = false;
  for (const word of [...words, typed]) {
    const isBreak = /^[=:]+$/.test(word) && all.length > 0;
    if (isBreak || glued) all.push(`${all.pop() ?? ""}${word}`);
    else all.push(word);
    glued = isBreak;
  }
  const whole = all.pop() ?? "";
  const given = /^[=:]+$/.test(typed) ? whole : whole.slice(0, whole.length - typed.length);
  return { before: all, whole, given };
}

/** What all sources give within that time; late ones and those that fail are done without. */
async function gather(sources: readonly Source[], ms: number, trouble: (error: unknown) => void): Promise<string[]> {
  const { promise: late, resolve } = Promise.withResolvers<string[]>();
  const timer = setTimeout(resolve, ms, []);
  const asked = sources.map(async (source) => {
    const values = source().catch((error: unknown) => {
      trouble(error);
      return [];
    });
    return await Promise.race([values, late]);
  });
  const values = (await Promise.all(asked)).flat();
  clearTimeout(timer);
  return values;
}

/** Words that follow these in the name of a command. */
function nextWords(before: readonly string[], { commands, aliases }: Known): string[] {
  const lead = before.map((word) => `${word}:`).join("");
  return [...Object.keys(commands), ...Object.keys(aliases)]
    .filter((id) => id.startsWith(lead))
    .map((id) => id.slice(lead.length).split(":")[0] ?? "");
}
