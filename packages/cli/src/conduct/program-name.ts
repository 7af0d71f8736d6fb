import { basename } from "node:path";
import { build } from "../built/info.ts";

/** `noetl` or `ntl`, as it was called. */
export function programName(): "noetl" | "ntl" {
  // The script of a binary is a file inside it, whatever the binary was called.
  const called = build.kind === "binary" ? process.argv0 : process.argv[1];
  return basename(called ?? "").startsWith("ntl") ? "ntl" : "noetl";
}
