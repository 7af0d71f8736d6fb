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
  const source =
    typeof config.script === "object"
      ? await elsewhere(config.script, call, own)
      : inline(config.script ?? decode(config.code_b64) ?? config.code ?? "", own);
  if ("status" in source) return source;
  if (source.code.trim() === "")
    return failed("configuration", "python: the code is empty", { code: "CONFIG_INVALID" });
  return source;
}

function inline(code: string, filename: string): Source {
  return { code: dedent(code), filename };
}

function decode(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, "base64").toString("utf8");
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
