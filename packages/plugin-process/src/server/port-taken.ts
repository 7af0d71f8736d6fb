import { NoetlError } from "@noetl/core";
import { holderOf } from "../processes/port.ts";

/** Says who has the port. Meaning `unavailable`. */
export async function portTaken(host: string, port: number, cause?: NodeJS.ErrnoException): Promise<NoetlError> {
  if (cause?.code === "EACCES") {
    return new NoetlError("unavailable", "PORT_FORBIDDEN", `this user may not listen on port ${port}`, {
      cause,
      hint: "ports below 1024 need rights; choose another one with --port",
    });
  }
  const holder = await holderOf(port);
  const by = holder ? ` by process ${holder.pid} (${holder.command})` : "";
  return new NoetlError("unavailable", "PORT_TAKEN", `port ${port} of ${host} is in use${by}`, {
    ...(cause ? { cause } : {}),
    ...(holder ? { data: { pid: holder.pid, command: holder.command } } : {}),
    hint: "choose another one with --port, or stop that process",
  });
}
