import { aliases, completionScript, drawnPage } from "../built/help.ts";
import { helpWidth, isDrawn } from "./help-width.ts";

/** What decides how an answer looks. Read only when there may be one. */
export interface Surroundings {
  /** of the terminal */
  columns: number | undefined;
  color: boolean;
  /** stands where the pages say who draws them */
  versionLine: string;
  /** plugins add commands that no page knows */
  hasPlugins: boolean;
}

/** Stands in drawn pages for the version line, which names the runtime. */
export const VERSION_MARK = "noetl/version-line";

/** Bold and the like. `node:util` could take them away, but loading it is felt in a binary. */
const STYLES = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, "g");

/**
 * The answer to a question for help or a completion script that the build has already drawn, or undefined when it takes
 * the whole program: an odd order of words, a narrow terminal, plugins, `ntl` as the name.
 */
export async function drawnAnswer(
  argv: readonly string[],
  surroundings: () => Surroundings,
): Promise<string | undefined> {
  if (argv[0] === "completion" && argv.length === 2) {
    const script = await completionScript(argv[1] ?? "");
    return script === undefined || surroundings().hasPlugins ? undefined : script;
  }
  const asked = helpAsked(argv);
  if (asked === undefined) return undefined;
  const { columns, color, versionLine, hasPlugins } = surroundings();
  const width = helpWidth(columns);
  if (!isDrawn(width)) return undefined;
  const page = await drawnPage(width, asked);
  if (!page || (hasPlugins && page.overview)) return undefined;
  const text = color ? page.text : page.text.replace(STYLES, "");
  return text.replace(VERSION_MARK, versionLine);
}

/** The id in `WORDS --help`, `WORDS -h` and `help WORDS`; undefined when there is any other option. */
function helpAsked(argv: readonly string[]): string | undefined {
  const last = argv.at(-1);
  const byOption = last === "--help" || last === "-h";
  if (!byOption && argv[0] !== "help") return undefined;
  const words = byOption ? argv.slice(0, -1) : argv.slice(1);
  if (words.some((word) => word.startsWith("-"))) return undefined;
  const id = words.join(":");
  return byOption ? (aliases[id] ?? id) : id;
}
