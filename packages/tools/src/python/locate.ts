import { accessSync, constants } from "node:fs";
import { platform } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { ToolEnvironment } from "../tool.ts";

/**
 * Commands that may be Python, best first: the one that was named, else `python3` then `python` of every folder on PATH
 * (a version manager's shim may be there without a version behind it).
 */
export function pythonCommands(environment: ToolEnvironment, wanted: string | undefined): string[] {
  if (wanted)
    return [/[\\/]/.test(wanted) && !isAbsolute(wanted) ? resolve(environment.workingDirectory, wanted) : wanted];
  const windows = platform() === "win32";
  const path = environment.processEnv.PATH ?? environment.processEnv.Path ?? "";
  const folders = [...new Set(path.split(delimiter).filter((folder) => folder !== ""))];
  const names = windows ? ["python3.exe", "python.exe"] : ["python3", "python"];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)).filter(executable));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: one candidate less.
    return false;
  }
}
