import type { HelpWidth } from "../fast/help-width.ts";

/** Help as it is printed, with colours. */
export interface Page {
  text: string;
  /** lists commands: plugins may add to it */
  overview: boolean;
}

// The build replaces this module by one that has every page and script; from source there are none and oclif draws.

/** The page of an id (words joined by `:`, empty for the program). */
export async function drawnPage(_width: HelpWidth, _id: string): Promise<Page | undefined> {
  return undefined;
}

export async function completionScript(_shell: string): Promise<string | undefined> {
  return undefined;
}

/** other spellings → id */
export const aliases: Readonly<Record<string, string>> = {};
