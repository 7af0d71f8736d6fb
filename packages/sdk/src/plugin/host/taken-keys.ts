/** Keys of every task (DSL §12.2). A tool never sees them. */
export const TASK_KEYS = [
  "kind",
  "name",
  "desc",
  "input",
  "auth",
  "set",
  "spec",
  "output",
  "when",
  "assert",
  "retry",
  "iterator",
  "credential",
  "output_select",
] as const;

/** Old spellings of those (DSL §25.1). A tool sees them when its `ownKeys` say so. */
export const OLD_TASK_KEYS = ["args", "with", "timeout", "timeout_seconds"] as const;

/** Keys of a tool's schema that would never reach it. */
export function takenKeys(properties: readonly string[], ownKeys: readonly string[]): string[] {
  const taken: readonly string[] = [...TASK_KEYS, ...OLD_TASK_KEYS.filter((key) => !ownKeys.includes(key))];
  return properties.filter((key) => taken.includes(key));
}
