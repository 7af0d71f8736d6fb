import type { Json, JsonObject } from "@noetl/core";
import type { TestServer } from "./kit.ts";

export interface ClaimedCommand {
  hint: JsonObject;
  claim: JsonObject;
  event_id: string;
  execution_id: string;
  step: string;
  command_id: string;
  fence: number;
}

/** A worker over HTTP, one call at a time. */
export function testWorker(server: TestServer, id = "w-1", pool = "shared") {
  return {
    id,
    async poll(options: { max?: number; wait_ms?: number; claim?: boolean } = {}): Promise<JsonObject[]> {
      const body = { worker: id, pool, max: 1, wait_ms: 1_000, ...options };
      return (await server.ok("POST", "/api/worker/pool/poll", body)).commands as JsonObject[];
    },
    /** Undefined when it is over: a hint may be of something that is. */
    async claim(hint: JsonObject): Promise<ClaimedCommand | undefined> {
      const answer = await server.call("POST", `/api/commands/${hint.event_id}/claim`, { worker_id: id });
      if (answer.status === 409) return undefined;
      if (answer.status !== 200) throw new Error(`claim: ${answer.status} ${answer.text}`);
      const claim = answer.body as JsonObject;
      return {
        hint,
        claim,
        event_id: String(hint.event_id),
        execution_id: String(hint.execution_id),
        step: String(claim.node_name),
        command_id: String(claim.command_id),
        fence: Number(claim.fence),
      };
    },
    async next(): Promise<ClaimedCommand | undefined> {
      const [hint] = await this.poll();
      return hint && ((await this.claim(hint)) ?? this.next());
    },
    report(command: ClaimedCommand, data: Json, more: JsonObject = {}) {
      const issued = (command.claim.command as JsonObject).issued as JsonObject;
      const site = { step: command.step, run: issued.run ?? 1, command_id: command.command_id };
      const meta = { attempt: 1, duration_ms: 1, tool: "noop", started_at: "" };
      const events = [
        { type: "call.done", ...site, updates: [], envelope: { status: "ok", data, meta } },
        { type: "command.completed", ...site },
      ];
      return server.call(
        "POST",
        "/api/events/batch",
        {
          execution_id: command.execution_id,
          worker_id: id,
          fence: command.fence,
          events: events.map((event) => ({ step: command.step, event_type: event.type, payload: { event } })),
          ...more,
        },
        { "idempotency-key": `${command.event_id}:${command.fence}` },
      );
    },
    /** Works until nothing comes for a moment; the steps it did. */
    async drain(data: Json = { ok: true }): Promise<string[]> {
      const done: string[] = [];
      for (;;) {
        const [hint] = await this.poll({ wait_ms: 150 });
        if (!hint) return done;
        const command = await this.claim(hint);
        if (!command) continue;
        const answer = await this.report(command, data);
        if (answer.status >= 300) throw new Error(`report: ${answer.status} ${answer.text}`);
        done.push(command.step);
      }
    },
  };
}
