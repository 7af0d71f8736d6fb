import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { NoetlError } from "@noetl/core";

/** `python` of the search path, else `python3`. Meaning `not_found` when there is neither. */
export async function findPython(env: NodeJS.ProcessEnv): Promise<string> {
  const suffixes = process.platform === "win32" ? [".exe"] : [""];
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of ["python", "python3"]) {
    for (const folder of folders) {
      for (const suffix of suffixes) {
        const path = join(folder, `${name}${suffix}`);
        if (await isProgram(path)) return path;
      }
    }
  }
  throw new NoetlError("not_found", "PYTHON_NOT_FOUND", "--runtime python needs python on the search path", {
    hint: "install Python and the package noetl, or use --runtime node",
  });
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
