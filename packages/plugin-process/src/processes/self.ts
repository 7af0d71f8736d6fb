export interface Program {
  file: string;
  args: string[];
}

/** How to start this program again: the compiled binary is its own entry, else the runtime runs the script it was given. */
export function thisProgram(from: {
  execPath: string;
  execArgv: readonly string[];
  script: string | undefined;
}): Program {
  const { execPath, execArgv, script } = from;
  const compiled = script === undefined || /\$bunfs|~BUN/.test(script);
  // A debugger or profiler belongs to the parent.
  const kept = execArgv.filter((flag) => !/^--(inspect|cpu-prof|heap-prof|watch|test)/.test(flag));
  return { file: execPath, args: compiled ? [] : [...kept, script] };
}
