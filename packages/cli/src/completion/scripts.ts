export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

export interface CompletionInput {
  /** id with blanks → summary */
  commands: ReadonlyMap<string, string>;
  /** the same of what stands before them */
  topics: ReadonlyMap<string, string>;
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
  local current="\${COMP_WORDS[COMP_CWORD]}" before="" words="" word found files=0 IFS=$' \\t\\n'
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
    found="$("\${COMP_WORDS[0]}" complete "--typed=$current" -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null </dev/null)" || files=1
    while IFS= read -r word; do
      [[ -z "$word" ]] && continue
      [[ "$current" == [\\"\\']* ]] || printf -v word %q "$word"
      COMPREPLY+=("$word")
    done <<< "$found"
    if [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == */ ]]; then compopt -o nospace 2>/dev/null; fi
  fi
  if [[ \${#COMPREPLY[@]} -eq 0 && $files -eq 1 ]]; then
    IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    [[ "$current" == "=" ]] && current=""
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
if type compopt >/dev/null 2>&1; then complete -F _noetl noetl ntl; else complete -o filenames -F _noetl noetl ntl; fi
`;
}

function zshScript(input: CompletionInput): string {
  const cases = [...wordsAfter(input)].map(([before, words]) => {
    const described = words.map((word) => {
      const summary = summaryOf(input, before, word);
      return `'${word}:${summary.replaceAll("'", "’").replaceAll(":", " -")}'`;
    });
    return `    "${before}") names=(${described.join(" ")}) ;;`;
  });
  // In a folder of $fpath the file is loaded as the function itself; with eval it only has to be said what completes.
  return `#compdef noetl ntl
_noetl() {
  local before="\${(j: :)words[2,CURRENT-1]}" found files
  local -a names values folders
  case "$before" in
${cases.join("\n")}
  esac
  if (( \${#names} )) && [[ "$PREFIX" != -* ]] && _describe 'command' names; then
    return
  fi
  found="$("\${words[1]}" complete "--typed=$PREFIX" -- "\${(@)words[2,CURRENT-1]}" 2>/dev/null </dev/null)"
  files=$?
  values=("\${(@f)found}")
  values=(\${values:#})
  folders=(\${(M)values:#*/})
  values=(\${values:#*/})
  if (( \${#values} + \${#folders} == 0 )); then
    (( files )) || return 1
    compset -P '--*='
    _files
    return
  fi
  compadd -a -- values
  compadd -S '' -a -- folders
}
if [[ "\${funcstack[1]}" == _noetl ]]; then
  _noetl "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
  compdef _noetl noetl ntl
fi
`;
}

function fishScript(input: CompletionInput): string {
  const cases = [...wordsAfter(input)].map(([before, words]) => {
    const described = words.map((word) => {
      const summary = summaryOf(input, before, word);
      return `'${word}\\t${summary.replaceAll("'", "’")}'`;
    });
    return `        case '${before}'\n            printf '%b\\n' ${described.join(" ")}`;
  });
  return `function __noetl_words
    set -l before (commandline -opc)
    set -l program $before[1]
    set -e before[1]
    set -l typed (commandline -ct)
    switch "$before"
${cases.join("\n")}
    end
    string match -q -- '-*' "$typed"; or not __noetl_is_topic "$before"; or return
    set -l found (command $program complete "--typed=$typed" -- $before 2>/dev/null </dev/null)
    set -l files $status
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else if test $files -ne 0
        set -l lead (string match -r -- '^--[a-z0-9-]+=' "$typed")
        for path in (__fish_complete_path (string replace -- "$lead" '' "$typed"))
            printf '%s\\n' "$lead$path"
        end
    end
end
function __noetl_is_topic
    contains -- "$argv" ${[...wordsAfter(input).keys()].map((before) => `'${before}'`).join(" ")}
end
complete -c noetl -f -a '(__noetl_words)'
complete -c ntl -f -a '(__noetl_words)'
`;
}

function summaryOf({ commands, topics }: CompletionInput, before: string, word: string): string {
  const id = before === "" ? word : `${before} ${word}`;
  return commands.get(id) ?? topics.get(id) ?? "";
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
