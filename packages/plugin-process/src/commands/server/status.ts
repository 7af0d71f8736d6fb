import { openClient } from "@noetl/client";
import { ensureError } from "@noetl/core";
import { EXIT } from "@noetl/sdk";
import { ProcessCommand } from "../../process-command.ts";
import { serverPlace } from "../../processes/places.ts";
import { processStatus } from "../../processes/status.ts";
import { statusText } from "../../view/status.ts";

export default class ServerStatus extends ProcessCommand {
  static override description =
    "Shows whether the server of this machine runs, and how it is. Exit code 3 when it does not.";

  async run(): Promise<unknown> {
    await this.parse(ServerStatus);
    const status = await processStatus(serverPlace(this.env), Date.now());
    if (status.state !== "running") this.endWith(EXIT.notFound);
    const health = status.state === "running" && status.url !== null ? await healthOf(status.url) : null;
    const facts =
      health === null ? [] : Object.entries(health).map(([name, value]) => [name, value ?? "unknown"] as const);
    this.show(statusText("Server", status, facts));
    return { ...status, health };
  }
}

async function healthOf(url: string): Promise<{ health: string; database: string | null; nats: string | null }> {
  try {
    const { status, database, nats } = await openClient({ url, gateway: false }).system.health();
    return { health: status, database, nats };
  } catch (error) {
    return { health: ensureError(error).message, database: null, nats: null };
  }
}
