import { createServer } from "node:net";
import { ensureError } from "@noetl/core";
import type { KindConfig } from "./cluster.ts";

/** Ports of this machine a cluster would need and somebody has: kind says so only after it has begun. */
export async function takenPorts({ nodes }: KindConfig): Promise<number[]> {
  const ports = nodes.flatMap(({ extraPortMappings }) => extraPortMappings.map(({ hostPort }) => hostPort));
  const taken = await Promise.all(ports.map(isTaken));
  return ports.filter((_, index) => taken[index]);
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (thrown) => {
      const error = ensureError(thrown) as NodeJS.ErrnoException;
      if (error.code === "EADDRINUSE") resolve(true);
      // A port below 1024 may be free and not ours to try.
      else if (error.code === "EACCES") resolve(false);
      else reject(error);
    });
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(false)));
  });
}
