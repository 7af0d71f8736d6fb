import { Args, Flags } from "@noetl/sdk";

const repeated = { multiple: true, multipleNonGreedy: true } as const;

export const registerArgs = {
  path: Args.string({ multiple: true, ignoreStdin: true, description: "files, folders, - for stdin" }),
};

export const registerFlags = {
  file: Flags.string({ ...repeated, char: "f", description: "a file; the same as naming it" }),
  directory: Flags.string({ ...repeated, char: "d", description: "a folder with everything below it" }),
  recursive: Flags.boolean({ hidden: true, description: "folders are always read with everything below them" }),
  "dry-run": Flags.boolean({ description: "only check, register nothing" }),
};

export const credentialFlags = {
  "expand-env": Flags.boolean({ description: "replace $NAME in braces in the data by variables" }),
  name: Flags.string({ description: "name to store it under" }),
};

export function pathsOf(
  args: { path?: string | string[] | undefined },
  flags: { file?: string[] | undefined; directory?: string[] | undefined },
): string[] {
  return [args.path ?? [], flags.file ?? [], flags.directory ?? []].flat();
}
