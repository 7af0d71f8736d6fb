/** A process of its own that appends and says, line by line, what it was told is durable. */
import { snowflakes, systemClock } from "@noetl/core";
import { openSqliteStore } from "../sqlite/open.ts";
import { enter, run, stamper } from "./world.ts";

const [folder = "", machine = "0", count = "0"] = process.argv.slice(2);
const ids = snowflakes({ machine: Number(machine) });
const store = await openSqliteStore({ folder });
const { execution_id } = run(ids, systemClock);
await store.executions.create(run(ids, systemClock, { execution_id }), "text");
const stamp = stamper(ids, systemClock, execution_id);
for (let seq = 0; seq < Number(count); seq++) {
  const { seq: durable } = await store.log.append({
    execution_id,
    expectedSeq: seq,
    events: [stamp(enter(`s${seq}`))],
  });
  process.stdout.write(`${execution_id} ${durable}\n`);
}
await store.close();
