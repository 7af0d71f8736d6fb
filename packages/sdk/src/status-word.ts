import { NoetlError, nearest } from "@noetl/core";

/** Words for the status of an execution; INTERRUPTED = a run of this machine whose process is gone. */
export const STATUS_WORDS = [
  "PENDING",
  "RUNNING",
  "CANCELLING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "INTERRUPTED",
] as const;

/** `failed` → `FAILED`. Meaning `validation` for a word that is none: it would find nothing, in silence. */
export function statusWordOf(text: string): string {
  const word = text.toUpperCase();
  const found = STATUS_WORDS.find((known) => known === word);
  if (found !== undefined) return found;
  const meant = nearest(word, STATUS_WORDS);
  throw new NoetlError("validation", "E_STATUS", `'${text}' is no status of an execution`, {
    hint: meant ? `did you mean ${meant.toLowerCase()}?` : STATUS_WORDS.map((known) => known.toLowerCase()).join(", "),
  });
}
