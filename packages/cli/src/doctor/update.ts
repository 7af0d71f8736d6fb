import type { Check } from "./check.ts";
import { versionOf } from "./machine.ts";

const PACKAGE = "@noetl/cli";
/** What is built from a clone has no place among the published ones. */
const UNRELEASED = "0.0.0";

/** Is there a newer version? Asked of the user's npm, which knows their registry, and only by who wants a diagnosis. */
export async function checkUpdate(own: string): Promise<Check | undefined> {
  if (own === UNRELEASED) return undefined;
  const newest = await versionOf("npm", ["view", PACKAGE, "version"]);
  if (!newest) return { id: "update", status: "note", detail: "npm could not say which version is the newest" };
  if (!isNewer(newest, own)) return { id: "update", status: "ok", detail: `${own} is the newest version` };
  return {
    id: "update",
    status: "note",
    detail: `${newest} is there, this is ${own}`,
    hint: `npm install -g ${PACKAGE}@latest`,
  };
}

/** By numbers; a pre-release counts as the version it leads to. */
function isNewer(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => (text.match(/\d+/g) ?? []).slice(0, 3).map(Number));
  for (let at = 0; at < 3; at++) {
    const difference = (a?.[at] ?? 0) - (b?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
