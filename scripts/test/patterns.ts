/** Where tests are, from the root of the repository. */
export const PATTERNS: readonly string[] = [
  "packages/*/src/**/*.test.ts",
  "packages/*/test/**/*.test.ts",
  "scripts/**/*.test.ts",
  "test/**/*.test.ts",
];
