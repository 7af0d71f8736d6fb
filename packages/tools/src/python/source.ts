import type { JsonObject } from "@noetl/core";
import { failed } from "../outcome.ts";
import { loadScript } from "../script/load.ts";
import type { ToolCall, ToolDone } from "../tool.ts";

export interface Source {
  code: string;
  /** as tracebacks name it */
  filename: string;
  /** for code that came from a file: its path */
  file?: string;
}

export interface SourceConfig {
  code?: string | undefined;
  code_b64?: string | undefined;
  script?: string | JsonObject | undefined;
}

/** The code of a call: `script`, else `code_b64`, else `code` (worker-and-tools §11.2); an outcome when there is none to be had. */
export async function loadSource(config: SourceConfig, call: ToolCall): Promise<Source | ToolDone> {
  const own = `<step ${call.env.site.step}>`;
  const source = typeof config.script === "object" ? await elsewhere(config.script, call, own) : inline(config, own);
  if ("status" in source) return source;
  if (source.code.trim() === "")
    return failed("configuration", "python: the code is empty", { code: "CONFIG_INVALID" });
  return source;
}

function inline({ script, code_b64, code = "" }: SourceConfig, filename: string): Source | ToolDone {
  if (typeof script === "string") return { code: dedent(script), filename };
  if (code_b64 === undefined) return { code: dedent(code), filename };
  // What is no base64 would be left out without a word.
  if (!/^[\w+/-]*={0,2}$/.test(code_b64.replaceAll(/\s/g, "")))
    return failed("configuration", "python: 'code_b64' is not base64", { code: "CONFIG_INVALID" });
  return { code: dedent(Buffer.from(code_b64, "base64").toString("utf8")), filename };
}

/** Takes the indentation of the first line with text from every line, so that line numbers stay. */
export function dedent(code: string): string {
  const text = code.replaceAll("\r\n", "\n");
  const indent = /^(?:[ \t]*\n)*([ \t]+)\S/.exec(text)?.[1];
  return indent === undefined ? text : text.replaceAll(new RegExp(`^${indent}`, "gm"), "");
}

async function elsewhere(script: JsonObject, call: ToolCall, own: string): Promise<Source | ToolDone> {
  const loaded = await loadScript("python", script, call);
  if ("status" in loaded) return loaded;
  const { text, from = own, file } = loaded;
  return { code: dedent(text), filename: from, ...(file === undefined ? {} : { file }) };
}
