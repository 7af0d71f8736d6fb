import type { HookEvent, HookPayloads, PluginManifest } from "@noetl/sdk/plugins";

/** What a child is asked to do, as JSON on its stdin. */
export type ChildCall = DescribeCall | HookCall;

export interface DescribeCall {
  do: "describe";
  plugin: string;
  folder: string;
  manifest: PluginManifest;
}

export interface HookCall {
  do: "hook";
  plugin: string;
  folder: string;
  file: string;
  payload: HookPayloads[HookEvent];
  patience_ms: number;
}

/** The last line on file descriptor 3. */
export type ChildAnswer = { value: unknown } | { error: { message: string; hint?: string } };
