import type { Known } from "../plugins/known.ts";
import { placeOf } from "./place.ts";
import { type Source, type Surroundings, sourcesOf } from "./values.ts";

/** Words that can stand where the cursor is, sorted; none is the shell's sign to offer files. */
export async function complete(
  words: readonly string[],
  typed: string,
  { known, trouble, ...around }: Surroundings & { known: Known; trouble(error: unknown): void },
): Promise<string[]> {
  const { before, whole, given } = joined(words, typed);
  const place = await placeOf(before, whole, known);
  const fitting = (await found()).filter((word) => word.startsWith(whole)).map((word) => word.slice(given.length));
  return [...new Set(fitting)].sort();

  async function found(): Promise<readonly string[]> {
    switch (place.is) {
      case "command":
        return nextWords(place.before, known);
      case "flag":
        return place.names;
      case "word":
        return place.words.map((word) => place.lead + word);
      case "value": {
        const sources = sourcesOf(place.kind, place.args, whole.slice(place.lead.length), around);
        return (await gather(sources, around.patienceMs, trouble)).map((word) => place.lead + word);
      }
      case "anything":
        return [];
    }
  }
}

/** bash makes a word of its own of the `=` in `--context=pr`, and wants back only what stands behind it. */
function joined(words: readonly string[], typed: string): { before: readonly string[]; whole: string; given: string } {
  if (typed === "=" && words.length > 0) {
    const whole = `${words.at(-1)}=`;
    return { before: words.slice(0, -1), whole, given: whole };
  }
  if (words.at(-1) !== "=" || words.length < 2) return { before: words, whole: typed, given: "" };
  const given = `${words.at(-2)}=`;
  return { before: words.slice(0, -2), whole: given + typed, given };
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
