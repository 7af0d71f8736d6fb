export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

export interface CompletionInput {
  /** id with blanks → summary */
  commands: ReadonlyMap<string, string>;
}

/**
 * A script for `eval` or the shell's completion folder. Names of commands are in it; flags and values are asked of
 * `noetl complete`, which takes a second at most.
 */
export function completionScript(shell: Shell, input: CompletionInput): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript }[shell](input);
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
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" words="" word IFS=$' \\t\\n'
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    before="\${before:+$before }$word"
  done
  case "$before" in
${cases.join("\n")}
  esac
  COMPREPLY=()
  if [[ -n "$words" && "$current" != -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then
    IFS=$'\\n'
    COMPREPLY=($("\${COMP_WORDS[0]}" complete "--typed=$current" -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null </dev/null))
  fi
  if [[ \${#COMPREPLY[@]} -eq 0 ]]; then
    [[ "$current" == "=" ]] && current=""
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
  local before="\${(j: :)words[2,CURRENT-1]}"
  local -a names values folders
  case "$before" in
${cases.join("\n")}
  esac
  if (( \${#names} )) && [[ "$PREFIX" != -* ]] && _describe 'command' names; then
    return
  fi
  values=("\${(@f)$("\${words[1]}" complete "--typed=$PREFIX" -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null </dev/null)}")
  values=(\${values:#})
  folders=(\${(M)values:#*/})
  values=(\${values:#*/})
  (( \${#values} + \${#folders} )) || { _files; return }
  compadd -a -- values
  compadd -S '' -a -- folders
}
compdef _noetl noetl ntl
`;
}

function fishScript(input: CompletionInput): string {
  const cases = [...wordsAfter(input)].map(([before, words]) => {
    const described = words.map((word) => {
      const summary = input.commands.get(before === "" ? word : `${before} ${word}`) ?? "";
      return `'${word}\\t${summary.replaceAll("'", "’")}'`;
    });
    return `        case '${before}'\n            printf '%b\\n' ${described.join(" ")}`;
  });
  return `function __noetl_words
    set -l before (commandline -opc)
    set -e before[1]
    set -l typed (commandline -ct)
    switch "$before"
${cases.join("\n")}
    end
    if string match -q -- '-*' "$typed"; or not __noetl_is_topic "$before"
        command noetl complete "--typed=$typed" -- $before 2>/dev/null </dev/null
    end
end
function __noetl_is_topic
    contains -- "$argv" ${[...wordsAfter(input).keys()].map((before) => `'${before}'`).join(" ")}
end
complete -c noetl -f -a '(__noetl_words)'
complete -c ntl -f -a '(__noetl_words)'
`;
}

function powershellScript(input: CompletionInput): string {
  const cases = [...wordsAfter(input)].map(
    ([before, words]) => `    '${before}' = @(${words.map((word) => `'${word}'`).join(", ")})`,
  );
  return `Register-ArgumentCompleter -Native -CommandName noetl, ntl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $names = @{
${cases.join("\n")}
  }
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $program = $words[0]
  $before = @($words | Select-Object -Skip 1)
  $found = @($names[($before -join ' ')] | Where-Object { $_ -and $_.StartsWith($wordToComplete) })
  if ($found.Count -eq 0) { $found = @(& $program complete "--typed=$wordToComplete" -- @before 2>$null) }
  $found | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
}
`;
}
