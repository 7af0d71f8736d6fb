/** One failed test as the runner reports it. */
export interface TestFailure {
  name: string;
  /** relative to the root */
  file: string;
  line: number | undefined;
  error: Error;
}

/** Name, place and cause, for people. */
export function failureText({ name, file, line, error }: TestFailure): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  const stack = (cause.stack ?? cause.message).split("\n").filter((text) => !text.includes("node:internal"));
  return [`\nFAILED   ${name}`, `         ${file}:${line ?? 0}`, ...stack.map((text) => `         ${text}`), ""].join(
    "\n",
  );
}
