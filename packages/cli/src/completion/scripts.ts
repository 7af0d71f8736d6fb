export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export interface CompletionInput {
  /** id with blanks → summary */
  commands: ReadonlyMap<string, string>;
  /** flags of every command, `--json` … */
  flags: readonly string[];
}

/** A script for `eval` or the shell's completion folder. The names are in it: completing starts no process. */
export function completionScript(shell: Shell, input: CompletionInput): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](input);
}

function wordsAfter(input: CompletionInput): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const id of input.commands.keys()) {
    const words = id.split(" ");
    words.forEach((word, index) => {
      const before = words.slice(0, index).join(" ");
      found.set(before, (found.get(before) ?? new Set()).add(word));
    });
  }
  return new Map([...found].map(([before, words]) => [before, [...words].sort()]));
}

function bashScript(input: CompletionInput): string {
  const cases = [...wordsAfter(input)].map(([before, words]) => `    "${before}") words="${words.join(" ")}" ;;`);
  return `_noetl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" words="" word
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "${input.flags.join(" ")}" -- "$current"))
    return
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ "$word" == -* ]] || before="\${before:+$before }$word"
  done
  case "$before" in
${cases.join("\n")}
  esac
  if [[ -n "$words" ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _noetl noetl ntl
`;
}

function zshScript(input: CompletionInput): string {
  const cases = [...wordsAfter(input)].map(([before, words]) => {
    const described = words.map((word) => {
      const summary = input.commands.get(before === "" ? word : `${before} ${word}`) ?? "";
      return `'${word}:${summary.replaceAll("'", "’").replaceAll(":", " -")}'`;
    });
    return `    "${before}") names=(${described.join(" ")}) ;;`;
  });
  return `#compdef noetl ntl
_noetl() {
  local before="" word
  local -a names
  if [[ "$PREFIX" == -* ]]; then
    compadd -- ${input.flags.join(" ")}
    return
  fi
  for word in \${words[2,CURRENT-1]}; do
    [[ "$word" == -* ]] || before="\${before:+$before }$word"
  done
  case "$before" in
${cases.join("\n")}
  esac
  if (( \${#names} )); then
    _describe 'command' names
  else
    _files
  fi
}
compdef _noetl noetl ntl
`;
}

function fishScript(input: CompletionInput): string {
  const lines = [...wordsAfter(input)].flatMap(([before, words]) =>
    words.map((word) => {
      const summary = input.commands.get(before === "" ? word : `${before} ${word}`) ?? "";
      const condition =
        before === ""
          ? "__fish_use_subcommand"
          : `__fish_seen_subcommand_from ${before.split(" ").at(-1)}; and not __fish_seen_subcommand_from ${words.join(" ")}`;
      return ["noetl", "ntl"]
        .map((bin) => `complete -c ${bin} -f -n '${condition}' -a '${word}' -d '${summary.replaceAll("'", "’")}'`)
        .join("\n");
    }),
  );
  const flags = input.flags.map((flag) => `complete -c noetl -l '${flag.replace(/^--/, "")}'`);
  return `${[...lines, ...flags].join("\n")}\n`;
}
