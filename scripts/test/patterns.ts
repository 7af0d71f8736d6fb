/**
 * Where tests are, from the root of the repository, in the order in which they begin: those that take long come first,
 * or at the end one processor waits for them alone.
 */
export const PATTERNS: readonly string[] = [
  "test/**/*.test.ts",
  "scripts/**/*.test.ts",
  "packages/*/src/**/*.test.ts",
  "packages/*/test/**/*.test.ts",
];
