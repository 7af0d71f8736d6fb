/** `node probe.ts NAME OPTIONS`: one question to a server in a process of its own; prints one JSON document. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { chain, parallelLoop } from "../playbooks.ts";
import { openLoad } from "./load.ts";
import { openStack, type Stack, type StackOptions } from "./stack.ts";

export interface ProbeOptions extends StackOptions {
  /** how many of what is asked for */
  count: number;
}

/** ms from the start of a run to the first report of its worker, while nothing else happens. */
async function wake(stack: Stack, count: number): Promise<number[]> {
  await stack.store.catalog.register({ path: "bench", kind: "playbook", content: chain(0) });
  const { ingest } = stack.server.context;
  const take = ingest.take;
  let reported = 0;
  ingest.take = (input) => {
    reported = performance.now();
    return take(input);
  };
  const load = openLoad(stack);
  const times: number[] = [];
  for (let run = 0; run < count; run++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const began = performance.now();
    await load.run("bench");
    times.push(reported - began);
  }
  return times;
}

/** Claims of waiting commands, 64 at one time; nobody works on them. */
async function claim(stack: Stack, count: number): Promise<number> {
  const { context, runs } = stack.server;
  await stack.store.catalog.register({ path: "many", kind: "playbook", content: parallelLoop(count, count) });
  const { execution_id } = await runs.start({ path: "many", payload: {} });
  const rows = await stack.store.commands.list({ execution_id, status: ["PENDING"] });
  const began = performance.now();
  const lane = async () => {
    for (let row = rows.pop(); row; row = rows.pop()) await context.claims.claim(row.event_id, "bench");
  };
  await Promise.all(Array.from({ length: 64 }, lane));
  return (count * 1_000) / (performance.now() - began);
}

const READER = new URL("./reader.ts", import.meta.url).pathname;

async function readers(url: string, count: number): Promise<number> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", READER, url, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [out] = await Promise.all([text(child.stdout), once(child, "close")]);
  return Number(out);
}

/** Reads of a status a second, and of the same bytes from a server that does nothing else. */
async function status(stack: Stack, count: number): Promise<{ own: number; bare: number }> {
  await stack.store.catalog.register({ path: "bench", kind: "playbook", content: chain(2) });
  const { execution_id } = await stack.server.runs.start({ path: "bench", payload: {} });
  const url = `${stack.url}/api/executions/${execution_id}/status`;
  const body = await (await fetch(url)).text();
  const bare = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
  await new Promise<void>((resolve) => bare.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = bare.address() as AddressInfo;
    const control = await readers(`http://127.0.0.1:${port}/`, count);
    return { own: await readers(url, count), bare: control };
  } finally {
    bare.closeAllConnections();
    bare.close();
  }
}

const PROBES = { wake, claim, status };
export type ProbeName = keyof typeof PROBES;

const [name = "", given = "{}"] = process.argv.slice(2);
const { count, ...options } = JSON.parse(given) as ProbeOptions;
const stack = await openStack({ ...options, idle: name === "claim" || name === "status" });
try {
  console.log(JSON.stringify(await PROBES[name as ProbeName](stack, count)));
} finally {
  await stack.close();
}
process.exit(0);
