import { relative } from "node:path";
import { NoetlError } from "@noetl/core";
import { loadFile, resolveReference } from "@noetl/runner";
import { createRegistry } from "@noetl/tools";

export interface PlaybookChoice {
  /** relative to the current folder when it is inside, so that messages name it shortly; `-` = stdin */
  file: string;
  target?: string;
}

/**
 * The file that `noetl run REF TARGET` means (decision 14). Meanings: `not_found` nothing answers to REF, `validation` REF
 * can only be found on a server.
 */
export async function findPlaybook(options: {
  ref: string | undefined;
  target: string | undefined;
  runtime: "auto" | "local" | "distributed";
  cwd: string;
}): Promise<PlaybookChoice> {
  const { ref, target, runtime, cwd } = options;
  if (runtime === "distributed") throw needsServer("-r distributed");
  if (ref === "-") return { file: "-", ...(target !== undefined && { target }) };
  const registry = createRegistry();
  const hasStep = async (file: string, step: string) => (await loadFile(file, registry)).plan.steps.has(step);
  const found = await resolveReference(ref, target, cwd, hasStep);
  if (!found) {
    throw new NoetlError("not_found", "E_FILE_MISSING", "there is no noetl.yaml or main.yaml in this folder", {
      hint: "name a playbook: noetl run FILE",
    });
  }
  if (found.kind === "file") {
    const inside = relative(cwd, found.path);
    const file = inside.startsWith("..") ? found.path : inside;
    return { file, ...(found.target !== undefined && { target: found.target }) };
  }
  if (ref?.startsWith("catalog://") || (runtime === "auto" && /[\\/@]/.test(ref ?? ""))) throw needsServer(`'${ref}'`);
  throw new NoetlError("not_found", "E_FILE_MISSING", `there is no playbook '${ref}' here`, {
    hint: "a file, NAME.yaml, automation/NAME.yaml, or a step of ./noetl.yaml is looked for",
  });
}

function needsServer(what: string): NoetlError {
  return new NoetlError(
    "validation",
    "E_RUNTIME",
    `${what} needs a server, and this version runs playbooks on this machine only`,
    {
      hint: "name a file to run it here",
    },
  );
}
