import { NoetlError } from "@noetl/core";

/**
 * The words of a line as a shell would make them: blanks divide, quotes hold together, a backslash takes the next
 * character as it is, but not inside single quotes. Nothing is expanded. Meaning `validation` for a quote without end.
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? "";
    if (character === "\\" && quote !== "'" && index + 1 < line.length) word = (word ?? "") + line[++index];
    else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote !== "") {
    throw new NoetlError("validation", "E_QUOTE", `there is no second ${quote} in this line`, {
      hint: `\\${quote} is the character itself`,
    });
  }
  return word === undefined ? words : [...words, word];
}
