import type { At } from "../error.ts";
import { fail } from "../error.ts";
import { FILTERS } from "../filters/index.ts";
import { TESTS } from "../tests.ts";

/** Unknown filters and tests are found when the playbook is registered, not when it runs (DSL §8.5). */
export function checkFilter(name: string, at: At): void {
  if (FILTERS.has(name)) return;
  const hint =
    name === "encrypt_secret"
      ? "secrets are encrypted when they are stored; register a credential and use its name"
      : nearest(name, FILTERS.keys());
  fail(at, "E_TPL_FILTER", `unknown filter '${name}'`, hint);
}

export function checkTest(name: string, at: At): void {
  if (!TESTS.has(name)) fail(at, "E_TPL_TEST", `unknown test '${name}'`, nearest(name, TESTS.keys()));
}

/** Names for completion and suggestions. */
export function filterNames(): Iterable<string> {
  return FILTERS.keys();
}

export function testNames(): Iterable<string> {
  return TESTS.keys();
}

function nearest(name: string, known: Iterable<string>): string | undefined {
  const word = name.toLowerCase().replaceAll("_", "");
  for (const candidate of known) {
    const other = candidate.replaceAll("_", "");
    if (other === word || (word.length > 3 && (other.startsWith(word) || word.startsWith(other)) && other.length > 3)) {
      return `did you mean '${candidate}'?`;
    }
  }
  return undefined;
}
