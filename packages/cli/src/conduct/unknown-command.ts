import { NoetlError } from "@noetl/core";
import { type CommandSet, nearest } from "@noetl/sdk";

/** The error for words that name no command; it suggests the nearest one and never runs it. */
export function unknownCommand(
  typed: string,
  { commands, aliases }: CommandSet,
  others: readonly string[] = [],
): NoetlError {
  const names = [...Object.keys(commands), ...Object.keys(aliases), ...others].map((id) => id.replaceAll(":", " "));
  const meant =
    nearest(typed, names) ??
    nearest(
      typed.split(" ")[0] ?? "",
      names.map((name) => name.split(" ")[0] ?? ""),
    );
  return new NoetlError("validation", "UNKNOWN_COMMAND", `'${typed}' is not a noetl command`, {
    hint: meant ? `did you mean '${meant}'?` : "noetl --help lists the commands",
  });
}
