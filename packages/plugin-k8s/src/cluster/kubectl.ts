import { isObject, type Json, parseJson } from "@noetl/core";
import type { Call, Ended, Exec } from "../exec/index.ts";
import { kubectlFailure } from "./failure.ts";

type Options = Omit<Call, "argv">;

/** kubectl in one context, which every call names. */
export interface Kubectl {
  readonly context: string;
  /** Fails with what kubectl said. */
  run(args: readonly string[], options?: Options): Promise<Ended>;
  /** Whatever its exit code. */
  attempt(args: readonly string[], options?: Options): Promise<Ended>;
  /** A reading call that prints JSON; undefined when it prints nothing. */
  json(args: readonly string[], options?: Options): Promise<Json | undefined>;
  /** What a reading call finds; nothing when it fails. For explaining other errors, and for looking again and again. */
  glimpse(args: readonly string[], options?: Options): Promise<KubeObject[]>;
  /** The argument array itself. */
  argv(args: readonly string[]): [string, ...string[]];
}

export function openKubectl(exec: Exec, context: string): Kubectl {
  const argv = (args: readonly string[]): [string, ...string[]] => ["kubectl", "--context", context, ...args];
  const attempt = (args: readonly string[], options: Options = {}) => exec({ ...options, argv: argv(args) });
  const run = async (args: readonly string[], options?: Options) => {
    const ended = await attempt(args, options);
    if (ended.code !== 0) throw kubectlFailure(argv(args), ended, context);
    return ended;
  };
  return {
    context,
    argv,
    attempt,
    run,
    async glimpse(args, options) {
      const { code, stdout } = await attempt([...args, "-o", "json"], { ...options, reads: true });
      return code === 0 && stdout.trim() !== "" ? objectsOf(parseJson(stdout)) : [];
    },
    async json(args, options) {
      const { stdout } = await run([...args, "-o", "json"], { ...options, reads: true });
      return stdout.trim() === "" ? undefined : parseJson(stdout);
    },
  };
}

/** An object as the API gives it. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string | undefined;
    labels?: { readonly [name: string]: string } | undefined;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** The objects of a list, or the one object, in what kubectl printed. */
export function objectsOf(value: Json | undefined): KubeObject[] {
  if (!isObject(value)) return [];
  const items = Array.isArray(value.items)
    ? value.items
    : value.kind === undefined || value.kind === "List"
      ? []
      : [value];
  return items.filter(isObject) as unknown as KubeObject[];
}
