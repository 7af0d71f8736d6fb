import { statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { NoetlError } from "@noetl/core";
import type { ToolEnvironment } from "../tool.ts";

export type ProcessEnv = { [name: string]: string };

/** What programs need to run at all, in any system; none of it is a secret of the worker (worker-and-tools §11.2). */
const CLEAN =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|TERM|(HTTPS?|NO|ALL|FTP)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|NOETL_SERVER_URL|KUBERNETES_SERVICE_(HOST|PORT)|KUBECONFIG|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES)$/i;

/** Environment that a child starts with: everything on a laptop, the clean set on a worker. */
export function baseEnvironment(environment: ToolEnvironment): ProcessEnv {
  const inherit = environment.childEnvironment === "inherit";
  const base: ProcessEnv = {};
  for (const [name, value] of Object.entries(environment.processEnv)) {
    if (value !== undefined && (inherit || CLEAN.test(name))) base[name] = value;
  }
  return base;
}

/** What a child is told of its call (DSL §23.3). */
export function callEnvironment({ site, playbookDirectory }: ToolEnvironment): ProcessEnv {
  return {
    NOETL_EXECUTION_ID: site.execution_id,
    NOETL_STEP: site.step,
    ...(playbookDirectory === undefined ? {} : { NOETL_PLAYBOOK_DIR: playbookDirectory }),
  };
}

/** Directory of a child: `cwd` seen from the host's working directory. Throws `validation` when it is no directory. */
export function directoryOf(environment: ToolEnvironment, cwd: string | undefined): string {
  if (cwd === undefined || cwd === "") return environment.workingDirectory;
  const path = isAbsolute(cwd) ? cwd : resolve(environment.workingDirectory, cwd);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new NoetlError("validation", "CWD_NOT_FOUND", `cwd '${cwd}' is not a directory`);
}
