import { NoetlError } from "@noetl/core";
import { count, type Palette, table } from "@noetl/sdk";
import type { FoundDocument } from "./document.ts";
import type { Registration } from "./register.ts";

/** The table of what was registered, the reasons of what was not, and the totals. */
export function registrationText(registrations: readonly Registration[], paint: Palette): string {
  const rows = registrations.map(({ file, path, version, id, status }) => [
    file,
    path ?? "",
    version === null ? "" : String(version),
    id ?? "",
    status === "failed" ? paint.red(status) : paint.green(status),
  ]);
  const failed = registrations.filter(({ status }) => status === "failed");
  return [
    ...(rows.length > 0 ? [table(["file", "path", "version", "id", "result"], rows)] : []),
    ...failed.map(({ file, error, findings }) => findings ?? `${file}: ${error}`),
    `${count(rows.length - failed.length, "document")} ${registrations.some(({ status }) => status === "valid") ? "valid" : "registered"}, ${failed.length} failed`,
  ].join("\n");
}

export function requirePaths(paths: readonly string[]): void {
  if (paths.length > 0) return;
  throw new NoetlError("validation", "E_NO_FILE", "nothing to register was named", {
    hint: "name files or folders, or - for stdin",
  });
}

export function requireDocuments(found: readonly FoundDocument[], paths: readonly string[], what: string): void {
  if (found.length > 0) return;
  throw new NoetlError("not_found", "E_NOTHING_FOUND", `there is no ${what} in ${paths.join(", ")}`);
}
