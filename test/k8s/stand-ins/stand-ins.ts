import { existsSync } from "node:fs";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const PORT_FORWARD = fileURLToPath(new URL("port-forward.ts", import.meta.url));

/** What a program plays when the words of its call, joined by blanks, contain `when`. */
export interface Rule {
  program: string;
  when: string;
  stdout?: string;
  stderr?: string;
  code?: number;
  /** seconds it goes on after its first words; SIGINT ends it */
  thenSeconds?: number;
  /** what it prints then */
  last?: string;
  /** a port-forward to this port of this machine */
  proxyTo?: number;
}

export interface StandIns {
  /** the whole PATH: nothing else is found */
  path: string;
  /** every call as one line, `program words…` */
  calls(): Promise<string[]>;
  /** those that change something */
  lines(): Promise<string[]>;
  /** These before the ones that are there. */
  rules(...rules: Rule[]): Promise<void>;
  /** One more program. */
  add(program: string): Promise<void>;
}

/** Programs on a PATH of their own. With `kubectl` the real one is called after it was written down; it and `diff` have to be installed. */
export async function standIns(folder: string, programs: readonly string[], rules: readonly Rule[]): Promise<StandIns> {
  const path = join(folder, "stand-ins");
  await mkdir(path, { recursive: true });
  const diff = installed("diff");
  if (diff !== undefined) await symlink(diff, join(path, "diff"));
  const all = [...programs];
  let current = [...rules];
  const write = async () => {
    for (const name of all) await writeFile(join(path, name), script(name, path, current), { mode: 0o755 });
  };
  await write();
  const calls = async (): Promise<string[]> => {
    const file = join(path, "calls");
    return existsSync(file) ? (await readFile(file, "utf8")).split("\n").filter((line) => line !== "") : [];
  };
  return {
    path,
    calls,
    lines: async () => (await calls()).filter((line) => !LOOKS.test(line)),
    async rules(...more) {
      current = [...more, ...current];
      await write();
    },
    async add(program) {
      all.push(program);
      await write();
    },
  };
}

const LOOKS =
  /^(kubectl( --context \S+)? (config view|get|diff|logs|api-resources)|(docker|podman|buildah) (version|--version|buildx version|image inspect|inspect|port)|git) ?/;

function script(program: string, path: string, rules: readonly Rule[]): string {
  const cases = rules
    .filter((rule) => rule.program === program)
    .map((rule) => `  *${quote(rule.when)}*)\n    ${acts(rule).join("\n    ")};;`);
  const real = program === "kubectl" ? installed("kubectl") : undefined;
  return [
    "#!/bin/sh",
    `printf '%s\\n' "${program} $*" >> ${quote(join(path, "calls"))}`,
    `case "$*" in`,
    ...cases,
    "esac",
    ...(real === undefined ? [] : [`exec ${quote(real)} "$@"`]),
    "",
  ].join("\n");
}

function acts({ stdout = "", stderr = "", code = 0, thenSeconds = 0, last = "", proxyTo }: Rule): string[] {
  if (proxyTo !== undefined) {
    return [`exec ${quote(process.execPath)} --disable-warning=ExperimentalWarning ${quote(PORT_FORWARD)} ${proxyTo}`];
  }
  const sleep = `${quote(installed("sleep") ?? "sleep")} ${thenSeconds}`;
  return [
    `printf %s ${quote(stdout)}`,
    `printf %s ${quote(stderr)} >&2`,
    // A shell that waits for a child does not hear a signal.
    ...(thenSeconds > 0 ? [last === "" ? `exec ${sleep}` : sleep] : []),
    `printf %s ${quote(last)}`,
    `exit ${code}`,
  ];
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Where a program of this machine is. */
export function installed(program: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
}
