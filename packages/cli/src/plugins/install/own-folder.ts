import { sep } from "node:path";
import type { InstalledPlugin } from "@noetl/sdk/plugins";

/** The folder of a plugin below the folder of all; undefined for a linked one. */
export function ownFolder({ source, folder }: InstalledPlugin): string | undefined {
  return source.kind === "link" ? undefined : folder.split(sep)[0];
}
