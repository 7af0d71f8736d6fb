import { globalFlagArity } from "@noetl/sdk";

/** What an argument list asks for. */
export type Route =
  | { kind: "nothing" }
  | { kind: "version" }
  | { kind: "help"; words: string[] }
  | { kind: "topic"; topic: string }
  | { kind: "command"; id: string; argv: string[] }
  | { kind: "unknown"; typed: string };

export interface Known {
  ids: ReadonlySet<string>;
  aliases: Readonly<Record<string, string>>;
}

/**
 * Finds the command in an argument list: the longest known id made of the first words, where global flags may stand
 * before and between the words (cli.md §1.2). `noetl --host h status 5` and `noetl status 5 --host h` are the same.
 */
export function routeOf(argv: readonly string[], known: Known): Route {
  const { words, globals, rest } = splitHead(argv, known);
  const typed = words.join(" ");
  if (words.length === 0) return withoutCommand(rest, globals);
  const id = longestId(words, known);
  if (wantsHelp(rest) || wantsHelp(words)) return { kind: "help", words: id ? id.id.split(":") : words };
  if (id && has(rest, "--interactive")) return { kind: "command", id: "tui", argv: [...globals] };
  if (id) return { kind: "command", id: id.id, argv: [...globals, ...words.slice(id.used), ...rest] };
  const topic = words[0] ?? "";
  if (words.length === 1 && isTopic(topic, known)) return { kind: "topic", topic };
  return { kind: "unknown", typed: isTopic(topic, known) ? typed : topic };
}

function withoutCommand(rest: readonly string[], globals: readonly string[]): Route {
  const first = rest[0];
  if (first === "--version" || first === "-V") return { kind: "version" };
  // Whatever follows it (cli.md §1.2); after a command only the long form, since the letter is that command's own.
  if (first === "--interactive" || first === "-i") return { kind: "command", id: "tui", argv: [...globals] };
  if (wantsHelp(rest)) return { kind: "help", words: [] };
  return first === undefined && globals.length === 0 ? { kind: "nothing" } : { kind: "unknown", typed: first ?? "" };
}

/** Words while they can still be the beginning of an id; the first option that is not global ends them. */
function splitHead(argv: readonly string[], known: Known): { words: string[]; globals: string[]; rest: string[] } {
  const words: string[] = [];
  const globals: string[] = [];
  let index = 0;
  for (; index < argv.length; index++) {
    const token = argv[index] ?? "";
    const arity = globalFlagArity(token);
    if (arity !== undefined) {
      globals.push(token);
      if (arity === 1 && index + 1 < argv.length) globals.push(argv[++index] ?? "");
    } else if (token.startsWith("-")) {
      break;
    } else {
      const next = words.length === 0 ? token.split(":") : [token];
      if (words.length > 0 && !mayContinue([...words, ...next], known)) break;
      words.push(...next);
    }
  }
  // A word that follows a topic but names none of its commands belongs to the report of what is unknown.
  const following = argv[index];
  if (
    words.length === 1 &&
    isTopic(words[0] ?? "", known) &&
    !known.ids.has(words[0] ?? "") &&
    following !== undefined
  ) {
    if (!following.startsWith("-")) words.push(argv[index++] ?? "");
  }
  return { words, globals, rest: argv.slice(index) };
}

function mayContinue(words: readonly string[], known: Known): boolean {
  const prefix = words.join(":");
  return allIds(known).some((id) => id === prefix || id.startsWith(`${prefix}:`));
}

function longestId(words: readonly string[], known: Known): { id: string; used: number } | undefined {
  for (let used = words.length; used > 0; used--) {
    const id = words.slice(0, used).join(":");
    if (known.ids.has(id)) return { id, used };
    const target = known.aliases[id];
    if (target !== undefined) return { id: target, used };
  }
  return undefined;
}

function isTopic(word: string, known: Known): boolean {
  return allIds(known).some((id) => id.startsWith(`${word}:`));
}

function allIds(known: Known): string[] {
  return [...known.ids, ...Object.keys(known.aliases)];
}

function wantsHelp(options: readonly string[]): boolean {
  return has(options, "--help") || has(options, "-h");
}

/** Before `--`: what follows that is not ours. */
function has(options: readonly string[], flag: string): boolean {
  const end = options.indexOf("--");
  return (end === -1 ? options : options.slice(0, end)).includes(flag);
}
