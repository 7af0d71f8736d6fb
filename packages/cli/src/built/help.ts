import type { HelpWidth } from "../fast/help-width.ts";

/** Help as it is printed, with colours. */
export interface Page {
  text: string;
  /** lists commands: plugins may add to it */
  overview: boolean;
}

// The build replaces this module by one that has every page and script; from source there are none and oclif draws.

/** id (words joined by `:`, empty for the program) → its page */
export async function drawnHelp(_width: HelpWidth): Promise<Readonly<Record<string, Page>> | undefined> {
  return undefined;
}

/** shell → its script */
export async function completionScripts(): Promise<Readonly<Record<string, string>> | undefined> {
  return undefined;
}

/** other spellings → id */
export const aliases: Readonly<Record<string, string>> = {};
