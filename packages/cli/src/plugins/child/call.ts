import type { HookEvent, HookPayloads, PluginManifest } from "@noetl/sdk/plugins";

/** What a child is asked to do, as JSON in `NOETL_PLUGIN_CALL`. */
export type ChildCall =
  | { do: "describe"; plugin: string; folder: string; manifest: PluginManifest }
  | { do: "hook"; plugin: string; file: string; payload: HookPayloads[HookEvent]; patience_ms: number };

/** One line on file descriptor 3. */
export type ChildAnswer = { value: unknown } | { error: { message: string; hint?: string } };

export const CALL_VARIABLE = "NOETL_PLUGIN_CALL";
