import type { CommandClass, ServerFlags } from "@noetl/sdk";
import { BaseCommand } from "@noetl/sdk";
import type { CommandHelp } from "../conduct/oclif-config.ts";
import { routeOf } from "../conduct/route.ts";
import type { Known } from "../plugins/known.ts";
import { ARGUMENTS, FLAGS, type Kind } from "./kinds.ts";

/** What may stand where the cursor is. */
export type Place =
  /** words of commands, after these */
  | { is: "command"; before: string[] }
  | { is: "flag"; names: string[] }
  | { is: "word"; words: readonly string[]; lead: string }
  /** `args`: arguments of the command before this one */
  | { is: "value"; kind: Kind; args: string[]; lead: string }
  /** `files`: of all things it may be a file */
  | { is: "anything"; files: boolean };

interface FlagLike {
  type?: string;
  helpValue?: string | readonly string[];
  char?: string;
  allowNo?: boolean;
  hidden?: boolean;
  options?: readonly string[];
}

/** Where the cursor is: behind `before`, in a word of which `typed` is there. `lead` is the part that has no choice. */
export async function placeOf(before: readonly string[], typed: string, known: Known): Promise<Place> {
  const ids = new Set(Object.keys(known.commands));
  const route = routeOf(before, { ids, aliases: known.aliases });
  const command = route.kind === "command" ? await described(route.id, known) : undefined;
  const flags: Readonly<Record<string, FlagLike>> = { ...BaseCommand.baseFlags, ...command?.flags };

  const argv = route.kind === "command" ? route.argv : [];
  const args = argumentsOf(argv, flags);
  const inline = /^(--[a-z0-9-]+=)/.exec(typed)?.[1];
  if (inline) return valueOfFlag(inline.slice(2, -1), flags, args, inline);
  if (typed.startsWith("-")) return { is: "flag", names: spellings(flags) };
  const last = before.at(-1) ?? "";
  const name = takesValue(last, flags);
  if (name !== undefined) return valueOfFlag(name, flags, args, "");
  if (route.kind === "topic" || route.kind === "nothing") return { is: "command", before: wordsOf(before, flags) };
  if (route.kind !== "command") return { is: "anything", files: false };

  const options = Object.values(command?.args ?? {}).at(args.length)?.options as readonly string[] | undefined;
  if (options) return { is: "word", words: options, lead: "" };
  const kinds = ARGUMENTS[route.id];
  if (kinds?.[0] === "command") return { is: "command", before: args };
  const kind = kinds?.[args.length] ?? (command && isMultiple(command) ? kinds?.at(-1) : undefined);
  // Of arguments that plugins brought nothing is known.
  return kind ? { is: "value", kind, args, lead: "" } : { is: "anything", files: kinds === undefined };
}

/** What these words say about the server, as the command would read it. */
export function serverOf(words: readonly string[]): ServerFlags {
  const found: Record<string, string | number> = {};
  for (const [index, word] of words.entries()) {
    if (word === "--") break;
    const [, name = "", inline] = /^--(context|server-url|host|port|session-token)(?:=(.*))?$/s.exec(word) ?? [];
    const value = inline ?? words[index + 1];
    if (name !== "" && value !== undefined) found[name] = name === "port" ? Number(value) : value;
  }
  return found;
}

async function described(id: string, known: Known): Promise<CommandHelp | CommandClass | undefined> {
  const entry = known.commands[id];
  return (entry?.help as CommandHelp | undefined) ?? (id === "help" ? undefined : await entry?.load());
}

function isMultiple({ args }: CommandHelp): boolean {
  return Object.values(args ?? {}).some(({ multiple }) => multiple === true);
}

function valueOfFlag(name: string, flags: Readonly<Record<string, FlagLike>>, args: string[], lead: string): Place {
  const options = flags[name]?.options;
  if (options) return { is: "word", words: options, lead };
  const kind = FLAGS[name];
  if (kind) return { is: "value", kind, args, lead };
  const { helpValue = "" } = flags[name] ?? {};
  return { is: "anything", files: /\b(FILE|PATH|DIR|FOLDER)\b/.test(String(helpValue)) };
}

/** Name of the flag whose value the next word is. */
function takesValue(word: string, flags: Readonly<Record<string, FlagLike>>): string | undefined {
  if (!/^-(-[a-z0-9-]+|[A-Za-z])$/.test(word)) return undefined;
  const found = Object.entries(flags).find(([name, { char }]) => word === `--${name}` || word === `-${char}`);
  return found && found[1].type !== "boolean" ? found[0] : undefined;
}

/** Without flags and their values. */
function argumentsOf(argv: readonly string[], flags: Readonly<Record<string, FlagLike>>): string[] {
  return argv.filter((word, index) => !word.startsWith("-") && takesValue(argv[index - 1] ?? "", flags) === undefined);
}

function wordsOf(before: readonly string[], flags: Readonly<Record<string, FlagLike>>): string[] {
  return argumentsOf(before, flags).flatMap((word) => word.split(":"));
}

function spellings(flags: Readonly<Record<string, FlagLike>>): string[] {
  const shown = Object.entries(flags).filter(([, { hidden }]) => hidden !== true);
  return [
    ...shown.flatMap(([name, { allowNo }]) => (allowNo ? [`--${name}`, `--no-${name}`] : [`--${name}`])),
    "--help",
  ];
}
