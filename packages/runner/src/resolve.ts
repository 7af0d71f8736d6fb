import { stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return false;
    throw error;
  }
}

function candidates(path: string): string[] {
  if (/\.(ya?ml|json)$/i.test(path)) return [path];
  const last = basename(path);
  return [`${path}.yaml`, `${path}.yml`, join(path, `${last}.yaml`), join(path, `${last}.yml`), path];
}

function ancestors(directory: string): string[] {
  const found = [directory];
  for (let at = directory; dirname(at) !== at; at = dirname(at)) found.push(dirname(at));
  return found;
}

/**
 * The file a `playbook` step means (DSL §23.3): beside the calling playbook, then in the folders above it (catalog
 * paths start at the root of a project), then below the current folder.
 */
export async function resolveChild(path: string, caller: string | undefined, cwd: string): Promise<string | undefined> {
  const bases = isAbsolute(path) ? [""] : [...(caller ? ancestors(caller) : []), cwd];
  for (const base of bases) {
    for (const candidate of candidates(path)) {
      const full = base === "" ? candidate : join(base, candidate);
      if (await isFile(full)) return full;
    }
  }
  return undefined;
}

export interface Reference {
  kind: "file" | "catalog";
  /** file path, or catalog path / id */
  path: string;
  version?: string;
  target?: string;
}

/**
 * What `noetl run REF [TARGET]` means (DSL §23.2, cli §4.1.1, decision 14). Without REF: `noetl.yaml`, then `main.yaml`
 * in the current folder. `hasStep` tells whether that file has a step of this name.
 */
export async function resolveReference(
  ref: string | undefined,
  target: string | undefined,
  cwd: string,
  hasStep: (file: string, step: string) => Promise<boolean>,
): Promise<Reference | undefined> {
  const own = async () => {
    for (const name of ["noetl.yaml", "noetl.yml", "main.yaml", "main.yml"]) {
      if (await isFile(join(cwd, name))) return join(cwd, name);
    }
    return undefined;
  };
  const withTarget = (found: Reference): Reference => (target === undefined ? found : { ...found, target });
  if (ref === undefined) {
    const file = await own();
    return file === undefined ? undefined : withTarget({ kind: "file", path: file });
  }
  if (ref.startsWith("catalog://")) {
    const [path = "", version] = ref.slice("catalog://".length).split("@", 2);
    return { kind: "catalog", path, ...(version === undefined ? {} : { version }) };
  }
  if (/\.(ya?ml|json)$/i.test(ref) || (await isFile(isAbsolute(ref) ? ref : join(cwd, ref)))) {
    return withTarget({ kind: "file", path: isAbsolute(ref) ? ref : join(cwd, ref) });
  }
  for (const candidate of [
    `${ref}.yaml`,
    `${ref}.yml`,
    `automation/${ref}.yaml`,
    `automation/${ref}.yml`,
    join(ref, `${basename(ref)}.yaml`),
  ]) {
    if (await isFile(join(cwd, candidate))) return withTarget({ kind: "file", path: join(cwd, candidate) });
  }
  if (ref.startsWith("pbk_") || /^\d{15,}$/.test(ref)) return { kind: "catalog", path: ref };
  if (!/[\\/]/.test(ref)) {
    const file = await own();
    if (file !== undefined && (await hasStep(file, ref))) return { kind: "file", path: file, target: ref };
  }
  const [path = "", version] = ref.split("@", 2);
  return { kind: "catalog", path, ...(version === undefined ? {} : { version }) };
}
