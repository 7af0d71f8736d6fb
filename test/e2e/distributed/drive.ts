/**
 * Drives a running server over plain HTTP, as users of curl and older clients do; it knows nothing of this project but the
 * wire (server-api §2). `node drive.ts http://127.0.0.1:8082`: says what it did, exit code 1 at the first answer that is wrong.
 * A worker must serve the server.
 */

type Json = { [name: string]: unknown };

const PATH = "drive/greet";
const PLAYBOOK = `apiVersion: noetl.io/v2
kind: Playbook
metadata: {name: greet, path: ${PATH}}
workload: {who: nobody, seconds: 0, deep: {kept: 1, replaced: 1}}
workflow:
  - step: start
    tool: {kind: shell, cmds: "sleep {{ workload.seconds }}; echo hello {{ workload.who }} {{ workload.deep.kept }}{{ workload.deep.replaced }}"}
    next: {arcs: [{step: end}]}
  - step: end
    tool: {kind: noop, result: "{{ start.stdout | trim }}"}
`;

const [base = ""] = process.argv.slice(2);
if (base === "") {
  console.error("usage: node drive.ts URL");
  process.exit(2);
}

function check(what: string, holds: boolean, seen: unknown): void {
  if (!holds) throw new Error(`${what}\n${typeof seen === "string" ? seen : JSON.stringify(seen)}`);
}

async function call(method: string, path: string, body?: Json): Promise<{ status: number; text: string; json: Json }> {
  const headers = body === undefined ? {} : { "content-type": "application/json" };
  const answer = await fetch(base + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  // Ids are larger than what a number of JavaScript holds.
  return { status: answer.status, text, json: JSON.parse(text.replaceAll(/([:[,]\s*)(\d{16,})/g, '$1"$2"')) as Json };
}

async function ok(method: string, path: string, body?: Json): Promise<Json> {
  const { status, text, json } = await call(method, path, body);
  check(`${method} ${path} answers ${status}`, status === 200, text);
  return json;
}

const rows = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** As the older command line waits: `completed`, then `failed`. */
async function ended(id: string, page = `/api/executions/${id}/status`): Promise<Json> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const status = await ok("GET", page);
    if (status.completed === true) return status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`execution ${id} does not end`);
}

async function started(what: string, path: string, body: Json): Promise<string> {
  const { text, json } = await call("POST", path, body);
  check(`${what}: the id is a text`, /"execution_id":\s*"\d{16,}"/.test(text), text);
  check(`${what}: it has started`, json.status === "started", text);
  return String(json.execution_id);
}

async function result(id: string): Promise<unknown> {
  const events = rows((await ok("GET", `/api/executions/${id}/events?order=asc&page_size=500`)).events);
  const done = events.find((event) => event.event_type === "call.done" && event.node_name === "end");
  return ((done?.result as Json | undefined)?.context as Json | undefined)?.data;
}

async function registering(): Promise<void> {
  const plain = await ok("POST", "/api/catalog/register", { content: PLAYBOOK, resource_type: "Playbook" });
  check("it has a path and a version", plain.path === PATH && Number(plain.version) >= 1, plain);
  const content = Buffer.from(PLAYBOOK).toString("base64");
  const coded = await ok("POST", "/api/catalog/register", { content });
  check("base64 makes the next version", Number(coded.version) === Number(plain.version) + 1, coded);
  check("the kind is in lower case", coded.kind === "playbook", coded);
  const { entries } = await ok("POST", "/api/catalog/list", { resource_type: "Playbook" });
  check(
    "the list holds it, whatever the case of the kind",
    rows(entries).some(({ path }) => path === PATH),
    entries,
  );
  const found = await ok("POST", "/api/catalog/resource", { path: PATH, version: "latest" });
  check("the text is the one that was registered", found.content === PLAYBOOK, found);
}

async function executing(): Promise<string> {
  // The three spellings of the input, and the addresses of older clients.
  const plain = await started("payload", "/api/execute", { path: PATH, payload: { who: "Ada" } });
  const workload = { who: "Bob", deep: { replaced: 2 } };
  const older = await started("workload", "/api/execute", {
    path: PATH,
    version: "latest",
    workload,
    resource_kind: "playbook",
  });
  const alias = await started("the alias", `/api/execute/playbook/${PATH}`, { input: { who: "Cy" } });
  for (const [id, said] of [
    [plain, "hello Ada 11"],
    [older, "hello Bob 12"],
  ] as const) {
    const status = await ended(id);
    check(
      "it completes",
      status.failed === false && status.status === "COMPLETED" && status.is_cancelled === false,
      status,
    );
    check("it says what it was asked to", (await result(id)) === said, await result(id));
  }
  const status = await ended(alias, `/api/execute/${alias}`);
  check(
    "the alias of the status is the status",
    status.status === "COMPLETED" && status.execution_id === alias,
    status,
  );
  const again = await started("rerun", `/api/executions/${older}/rerun`, {
    workload: { who: "Dora" },
    resource_kind: "playbook",
  });
  await ended(again);
  check("a rerun keeps what is not overridden", (await result(again)) === "hello Dora 12", await result(again));
  const batch = await ok("POST", "/api/execute/batch", {
    executions: [{ path: PATH, payload: {} }, { path: "drive/unknown" }, { payload: {} }],
  });
  const statuses = rows(batch.results).map((each) => each.status);
  check("a batch starts what it can", String(statuses) === "started,error,error" && batch.started === 1, batch);
  await ended(String(rows(batch.results)[0]?.execution_id));
  return plain;
}

async function reading(id: string): Promise<void> {
  const detail = await ok("GET", `/api/executions/${id}?page=1&page_size=10`);
  const [newest] = rows(detail.events);
  check("the detail begins with the newest event", newest?.event_type === "playbook.completed", detail);
  const pages = detail.pagination as Json;
  check("and says how many there are", pages.page_size === 10 && pages.has_next === true, pages);
  for (const name of ["status", "start_time", "end_time", "duration_seconds", "duration_human", "workload"])
    check(`the detail has ${name}`, detail[name] !== undefined && detail[name] !== null, detail);
  const asc = rows((await ok("GET", `/api/executions/${id}/events?order=asc&page_size=500`)).events);
  const types = asc.map((event) => String(event.event_type));
  check(
    "the log begins and ends as it should",
    types[0] === "playbook.initialized" && types.at(-1) === "playbook.completed",
    types,
  );
  check(
    "ids of events are texts that grow",
    asc.every((event, at) => at === 0 || Number(event.seq) >= Number(asc[at - 1]?.seq)),
    types,
  );
  const list = await ok("GET", `/api/executions?page=1&page_size=50&path=${encodeURIComponent(PATH)}`);
  check(
    "the list is an array, newest first",
    Array.isArray(list) && rows(list).some((row) => row.execution_id === id),
    list,
  );
  const cancelled = await ok("GET", `/api/executions/${id}/cancellation-check`);
  check("nobody has cancelled it", cancelled.cancelled === false && cancelled.is_cancelled === false, cancelled);
}

async function cancelling(): Promise<void> {
  const id = await started("a long one", "/api/execute", { path: PATH, payload: { seconds: 30 } });
  await ok("POST", `/api/executions/${id}/cancel`, { reason: "enough", cascade: true });
  const status = await ended(id);
  check(
    "a cancelled run is completed and not failed",
    status.status === "CANCELLED" && status.failed === false,
    status,
  );
  const late = await ok("POST", `/api/executions/${id}/cancel`, { cascade: false });
  check("it cannot be cancelled twice", late.status === "already_completed" && typeof late.message === "string", late);
  const { text } = await call("POST", "/api/executions/cleanup", { older_than_minutes: 60, dry_run: true });
  check("cleanup names numbers, and nothing here is so old", /"execution_ids":\s*\[\]/.test(text), text);
}

async function refusing(): Promise<void> {
  const wrong: [method: string, path: string, body: Json | undefined, status: number][] = [
    ["POST", "/api/execute", { path: "drive/unknown" }, 404],
    ["POST", "/api/execute", {}, 422],
    ["POST", "/api/execute", { path: PATH, payload: [1] }, 422],
    ["POST", "/api/catalog/register", { content: "kind: Playbook\nmetadata: {name: x}\n" }, 422],
    ["GET", "/api/executions/1/status", undefined, 404],
    ["GET", "/api/executions/nonsense", undefined, 422],
    ["GET", "/api/nothing", undefined, 404],
  ];
  for (const [method, path, body, status] of wrong) {
    const answer = await call(method, path, body);
    check(`${method} ${path} answers ${answer.status}, not ${status}`, answer.status === status, answer.text);
    const { error, detail } = answer.json;
    check(
      "both families of clients find the cause",
      typeof error === "string" && detail !== undefined && answer.json.status === status,
      answer.text,
    );
  }
}

try {
  check("it is healthy", (await ok("GET", "/api/health")).status === "ok", "");
  await registering();
  const id = await executing();
  await reading(id);
  await cancelling();
  await refusing();
  console.log(`everything of ${base} answers as it should; execution ${id} among others`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
