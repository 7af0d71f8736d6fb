import { type ConfigOf, defineTool, field } from "../config/index.ts";

const config = () =>
  field.object({
    cmds: field.textList("one script, or a list of scripts run one by one until one fails"),
    shell: field.text("the shell: bash by default, else sh; on Windows PowerShell").optional(),
    cwd: field.text("working directory").optional(),
    env: field.textMap("environment variables").optional(),
    capture: field.flag("false: stdout and stderr are shown, and left out of the result").optional(),
    exports: field.textList("variables to take from NAME=value lines in stdout or in $NOETL_EXPORTS").optional(),
  });

export type ShellConfig = ConfigOf<typeof config>;

/** Runs scripts (DSL §12.3, worker-and-tools §11.3). */
export const shellTool = defineTool({
  kind: "shell",
  summary: "runs shell commands; an exit code other than 0 is an error of kind `process`",
  config,
  required: [["cmds"]],
  keyAliases: { command: "cmds", cmd: "cmds", commands: "cmds" },
  positions: { cmds: "verbatim", shell: "text", cwd: "text" },
  effects: "unknown",
  resultSummary: "{exit_code, returncode, stdout, stderr, text, json?} and the exports",
  // Loaded at the first call: most commands never make one.
  run: async (config, call) => (await import("./run.ts")).runShell(config, call),
});
