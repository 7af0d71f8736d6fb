import { PEERS, TOOLS } from "./tools.ts";

const version = (packages: Readonly<Record<string, string>>, name: string) => `\`${name}\` ${packages[name]}`;

/** How others are set up, and what their rows may be read for; a section of the page. */
export const COMPARED = `## How others are measured

All of them come from npm, are kept in a cache folder outside the repository and are installed without running scripts.
One that cannot be had, or fails, has a row that says why. Control of each row is our own figure of the same run, so
\`ratio\` is theirs ÷ ours: above 1 in \`ms\` we are faster, above 1 in \`/s\` they are. Ours is measured first, theirs
one after the other: on a machine whose load changes in between, a ratio means nothing.

**Shell.** ${version(TOOLS, "rust-just")}, its binary called directly (npm's \`just\` is a Node program around it). One
justfile with one recipe of 100 lines, beside a playbook of 100 steps with the same command. Both start \`bash -c\` once
for each; the row below has the same starts in a loop of bash, which is the least that can be. just keeps no log; a
playbook's steps are durable. just's figure contains the start of its process (a few ms), ours (\`duration_ms\`) does not:
it has rows of its own under start-up. When just takes three times as long as bash alone, something of the
machine was measured (once it was 140 ms a line, and not again): the ratio is left out and a note says so.

**Workflows of three steps that do nothing.** 500 to warm up, 500 one after the other (p50, p99), 5000 with 64 at one
time (\`/s\`); the same numbers for everybody. Everybody's log is synced to disk before it counts: PostgreSQL with fsync,
full page writes and \`synchronous_commit\`, our SQLite by a sync of its write-ahead log before anybody is told, Restate's
RocksDB by its default. (NATS carries messages of ours, no state that could be lost.) All clients, workers and servers
share the machine's cores.

- Restate: ${version(PEERS.restate, "@restatedev/restate-server")}, one node with its defaults (24 partitions, a synced
  log in RocksDB) and ${version(PEERS.restate, "@restatedev/restate-sdk")}; a \`workflow\` with three \`ctx.run\`. Put
  beside our embedded server, as both are one server with a store of its own. It is asked over HTTP, and calls its
  service over HTTP/2; ours is asked inside its process. That is a part of Restate's figures and no part of its engine.
- DBOS: ${version(PEERS.dbos, "@dbos-inc/dbos-sdk")}, a registered workflow with three \`runStep\`, defaults, without its
  admin server. Put beside ours on PostgreSQL and NATS, on the same PostgreSQL. It is a library: steps run in the process
  that asks, nothing is handed to a worker. Ours hands each step to a worker over NATS and HTTP, which is more work and
  another guarantee (any worker may take over).

**Queues.** On the same PostgreSQL, 64 jobs at one time. A job is one unit: its rate is put beside *steps* of ours, its
wake (from sending, 20 ms after the last, to the start of its handler) beside ours (from the start of a run to the first
report of its worker). A queue knows no workflow, no result and no history; ours pays for these in each step.

- graphile-worker: ${version(PEERS.graphile, "graphile-worker")}, concurrency 64, 20 connections; it listens by itself.
  Its local queue stays off, as by default: it gains rate and loses wake.
- pg-boss: ${version(PEERS.pgboss, "pg-boss")}, \`useListenNotify\` and a queue with \`notify\` (by default it polls every
  2 s), 4 fetching loops with batches of 16 and \`burstWhenBatchFull\`, 20 connections: of 1, 4, 16 and 64
  loops those with the highest rate where it was tried.
`;
