import type { ToolSpec } from "../tool-spec.ts";
import { any, choice, dict, flag, kind, lines, text } from "./field.ts";

const scriptSource = {
  type: "object",
  description: "code that is kept elsewhere",
  properties: {
    uri: text("where the code is: a path, gs:// or http(s) address"),
    source: {
      type: "object",
      properties: {
        type: choice(["inline", "file", "gcs", "http"], "how to read it"),
        code: text("the code itself, for `inline`"),
        auth: any("credential for reading it"),
        endpoint: text("base address"),
        method: text("HTTP method, GET by default"),
        timeout: any("seconds"),
      },
    },
  },
};

export const codeKinds: readonly ToolSpec[] = [
  kind({
    kind: "python",
    summary: "run Python code; the global `result` is the data of the step",
    properties: {
      code: text("Python source; input keys are globals, set `result`"),
      code_b64: text("the same in base64"),
      script: scriptSource,
      libs: any("imports given as globals: list of modules, or alias → module"),
      env: dict("environment variables"),
      cwd: text("working directory"),
      python: text("interpreter to use"),
    },
    required: [["code", "script", "code_b64"]],
    positions: {
      code: "code",
      code_b64: "none",
      script: "code",
      cwd: "text",
      python: "text",
    },
    resultSummary: "the global `result`, the value of `main(**input)`, or {stdout, stderr}",
  }),
  kind({
    kind: "shell",
    summary: "run shell commands; a non-zero exit is an error of kind `process`",
    properties: {
      cmds: lines("commands run one by one, or one script"),
      shell: text("the shell, bash by default"),
      cwd: text("working directory"),
      env: dict("environment variables"),
      capture: flag("keep stdout and stderr in the result"),
      exports: { type: "array", items: { type: "string" }, description: "variables to read back after success" },
    },
    required: [["cmds"]],
    keyAliases: { command: "cmds", cmd: "cmds", commands: "cmds" },
    positions: { cmds: "verbatim", shell: "text", cwd: "text" },
    resultSummary: "{exit_code, stdout, stderr}",
  }),
  kind({
    kind: "rhai",
    summary: "run a Rhai script",
    properties: { code: text("Rhai source"), args: dict("script variables") },
    required: [["code"]],
    positions: { code: "code" },
    ownKeys: ["args"],
    resultSummary: "the value of the script",
  }),
  kind({
    kind: "script",
    summary: "run a script as a Kubernetes job",
    properties: {
      script: dict("{type, uri, content}"),
      job: dict("{image, namespace, …}"),
      args: any("arguments of the script"),
      timeout_seconds: any("seconds until the job is given up"),
    },
    required: [["script"]],
    positions: { script: "verbatim" },
    ownKeys: ["args", "timeout_seconds"],
    resultSummary: "{status, job_name, output, exit_code}",
  }),
  kind({
    kind: "container",
    summary: "run an image as a Kubernetes job",
    properties: {
      image: text("image to run"),
      command: { type: "array", description: "entry point" },
      args: { type: "array", description: "arguments" },
      env: any("list of {name, value|value_from}, or a map"),
      resources: dict("requests and limits"),
      namespace: text("Kubernetes namespace"),
      service_account: text("service account"),
      timeout_seconds: any("seconds until the job is given up"),
      backoff_limit: any("restarts before the job fails"),
      restart_policy: text("Never or OnFailure"),
      volumes: any("volumes of the pod"),
      volume_mounts: any("mounts of the container"),
      node_selector: dict("node labels"),
      tolerations: any("tolerations of the pod"),
    },
    required: [["image"]],
    positions: { image: "text", command: "verbatim", args: "verbatim", env: "verbatim", namespace: "text" },
    ownKeys: ["args", "timeout_seconds"],
    resultSummary: "the job's status",
  }),
];
