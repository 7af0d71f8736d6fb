import { once } from "node:events";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import { PLAYBOOKS } from "./playbooks.ts";
import type { Question } from "./server-faults.ts";

// The runner of the tests follows every promise of its thread, which is half of what thousands of simulated calls cost.
const thread = new Worker(new URL("server-faults.ts", import.meta.url));
after(() => thread.terminate());

async function holds(question: Question): Promise<void> {
  thread.postMessage(question);
  const [{ error }] = (await once(thread, "message")) as [{ error?: unknown }];
  if (error !== undefined) throw error;
}

for (const playbook of Object.keys(PLAYBOOKS)) {
  for (const port of ["store", "bus"] as const) {
    test(`a server, a fault at every call of its ${port}: ${playbook}`, () => holds({ playbook, port }));
  }

  test(`a server, a fault at every call of a tool: ${playbook}`, () => holds({ playbook, port: "tools" }));
}
