import { nearest } from "@noetl/core";

/** `did you mean 'x'?`, or the list of known words when it is short, or nothing. */
export function suggestion(word: string, known: Iterable<string>): string | undefined {
  const words = [...known];
  const near = nearest(word, words);
  if (near !== undefined) return `did you mean '${near}'?`;
  return words.length > 0 && words.length <= 12 ? `known here: ${words.join(", ")}` : undefined;
}
