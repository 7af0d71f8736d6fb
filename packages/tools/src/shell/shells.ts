import { accessSync, constants } from "node:fs";
import { platform } from "node:os";
import { basename, delimiter, join } from "node:path";
import type { ToolEnvironment } from "../tool.ts";

export interface Shell {
  command: string;
  /** arguments that run a script given as text */
  inline(script: string): string[];
  /** arguments that run a script file */
  file(path: string): string[];
  /** ending of a script file */
  suffix: string;
}

/** Whether bash is there is looked up once a process. */
function defaultShell(environment: ToolEnvironment): string {
  if (platform() === "win32") return "powershell.exe";
  return environment.resources.get(
    "shell.default",
    () => (onPath(environment, "bash") ? "bash" : "sh"),
    () => {},
  );
}

/** The shell of a step: its own choice, else bash, else sh; on Windows PowerShell (`shell: cmd` for cmd.exe). */
export function shellOf(environment: ToolEnvironment, wanted: string | undefined): Shell {
  const command = wanted || defaultShell(environment);
  switch (
    basename(command)
      .toLowerCase()
      .replace(/\.exe$/, "")
  ) {
    case "cmd":
      return {
        command,
        inline: (script) => ["/d", "/s", "/c", script],
        file: (path) => ["/d", "/c", path],
        suffix: ".cmd",
      };
    case "powershell":
    case "pwsh": {
      const flags = ["-NoLogo", "-NoProfile", "-NonInteractive"];
      return {
        command,
        inline: (script) => [...flags, "-Command", script],
        file: (path) => [...flags, "-File", path],
        suffix: ".ps1",
      };
    }
    default:
      return { command, inline: (script) => ["-c", script], file: (path) => [path], suffix: "" };
  }
}

function onPath({ processEnv }: ToolEnvironment, name: string): boolean {
  return (processEnv.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      // Not in this folder.
      return false;
    }
  });
}
