import { type ConfigOf, defineTool, field } from "../config/index.ts";

const config = () =>
  field.object({
    code: field.text("Python source: input keys are globals, the global `result` is the step's data").optional(),
    code_b64: field.text("the same in base64").optional(),
    code_base64: field.text("the same in base64").optional(),
    script: field
      .either(field.string(), field.map("code kept elsewhere"))
      .describe(
        "code kept elsewhere: {uri, source: {type: file | http | inline, code, endpoint, method, headers, timeout}}",
      )
      .optional(),
    libs: field
      .either(field.string(), field.list(field.string()), field.map("alias → module"))
      .describe("imports given as globals: list of modules, alias → module, or alias → {from, import}")
      .optional(),
    deps: field
      .object({
        sys_path: field.textList("folders put before the module search path").optional(),
        venv_path: field.text("virtual environment whose interpreter runs the code").optional(),
      })
      .describe("where modules come from: {sys_path, venv_path}")
      .optional(),
    env: field.textMap("environment variables").optional(),
    cwd: field.text("working directory").optional(),
    python: field.text("interpreter to use, a path or a name on PATH").optional(),
  });

export type PythonConfig = ConfigOf<typeof config>;

/** Runs Python in warm interpreters of its own process group (DSL §12.3, worker-and-tools §11.2, decision 15). */
export const pythonTool = defineTool({
  kind: "python",
  summary: "runs Python code; the global `result`, a returned value or the value of main() is the step's data",
  config,
  required: [["code", "code_b64", "code_base64", "script"]],
  positions: {
    code: "code",
    code_b64: "none",
    code_base64: "none",
    "script.source.code": "code",
    "script.uri": "text",
    cwd: "text",
    python: "text",
  },
  effects: "unknown",
  resultSummary: "the global `result`, else the value of main(**input), else {stdout, stderr}",
  // Loaded at the first call: most commands never make one.
  run: async (config, call) => (await import("./run.ts")).runPython(config, call),
});
