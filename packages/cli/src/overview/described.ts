import type { CommandHelp } from "../conduct/oclif-config.ts";

/** A command as documents, pages and the tree show it. */
export interface Shown {
  /** words: `credential get` */
  words: string;
  summary: string;
  description: string | undefined;
  args: { name: string; required: boolean; multiple: boolean; description: string; options?: readonly string[] }[];
  flags: ShownFlag[];
  examples: { command: string; description?: string }[];
}

export interface ShownFlag {
  /** `-f, --format`, `--[no-]gateway` */
  spelling: string;
  name: string;
  /** placeholder of its value; none for a switch */
  value?: string;
  description: string;
  required: boolean;
  multiple: boolean;
  options?: readonly string[];
  default?: string;
  env?: string;
}

interface Described {
  description?: string;
  summary?: string;
  required?: boolean;
  multiple?: boolean;
  options?: readonly string[];
  hidden?: boolean;
}

interface FlagLike extends Described {
  type?: string;
  char?: string;
  allowNo?: boolean;
  helpValue?: string | string[];
  default?: unknown;
  env?: string;
}

/** What is there to be said of a command, from its class or what was stored of it. */
export function shownCommand(id: string, summary: string, command: CommandHelp): Shown {
  return {
    words: id.replaceAll(":", " "),
    summary,
    description: command.description && text(command.description),
    args: Object.entries(command.args ?? {})
      .filter(([, arg]) => !(arg as Described).hidden)
      .map(([name, arg]) => {
        const { required = false, multiple = false, description = "", options } = arg as Described;
        return { name, required, multiple, description: text(description), ...(options && { options }) };
      }),
    flags: shownFlags(command.flags ?? {}),
    examples: (command.examples ?? []).map((example) =>
      typeof example === "string"
        ? { command: text(example) }
        : { command: text(example.command), description: text(example.description) },
    ),
  };
}

export function shownFlags(flags: object): ShownFlag[] {
  return Object.entries(flags as Record<string, FlagLike>)
    .filter(([, flag]) => !flag.hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => {
      const long = flag.allowNo ? `--[no-]${name}` : `--${name}`;
      const { default: preset, options, env } = flag;
      return {
        spelling: flag.char ? `-${flag.char}, ${long}` : long,
        name,
        ...(flag.type !== "boolean" && { value: [flag.helpValue ?? "VALUE"].flat().join(" ") }),
        description: text(flag.description ?? flag.summary ?? ""),
        required: flag.required ?? false,
        multiple: flag.multiple ?? false,
        ...(options && { options }),
        ...((typeof preset === "string" || typeof preset === "number") && { default: String(preset) }),
        ...(env && { env }),
      };
    });
}

/** oclif's templates know the name of the program only when it runs. */
function text(template: string): string {
  return template.replaceAll(/<%= *config\.bin *%>/g, "noetl").trim();
}
