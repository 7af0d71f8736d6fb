import { config } from "./config.ts";
import { environment } from "./environment.ts";
import { exitCodes } from "./exit-codes.ts";
import { formatting } from "./formatting.ts";
import type { Guide } from "./guide.ts";

/** All of them, in the order of `noetl --help`. */
export const guides: readonly Guide[] = [config, environment, exitCodes, formatting];

export function guideNamed(words: readonly string[]): Guide | undefined {
  return words.length === 1 ? guides.find(({ name }) => name === words[0]) : undefined;
}
