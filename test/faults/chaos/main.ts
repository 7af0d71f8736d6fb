/** `npm run chaos [-- ROUNDS [SEED]]`: 100 rounds unless told otherwise; exit code 1 when a promise was broken. */

import { NATS_MISSING } from "../../services/nats.ts";
import { chaos } from "./chaos.ts";
import { summaryText } from "./summary.ts";

const [rounds = "100", seed = String(Date.now())] = process.argv.slice(2);
const summary = await chaos({ rounds: Number(rounds), seed, note: (what) => console.log(what) });
console.log(summary === undefined ? NATS_MISSING : summaryText(summary, seed));
process.exit(summary === undefined || summary.broken.length > 0 ? 1 : 0);
