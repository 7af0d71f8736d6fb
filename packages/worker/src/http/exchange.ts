import { errorOf, type WorkerReport, type Workers } from "@noetl/client";
import { isNoetlError, type JsonObject } from "@noetl/core";

/** Claims and reports of one worker at one server, together while there are many at a time. */
export interface Exchange {
  claim(eventId: string): Promise<JsonObject>;
  report(report: WorkerReport): Promise<JsonObject[]>;
}

/** Requests on their way at one time; what comes meanwhile goes with the next one. */
const LANES = 2;
const MOST = 32;

interface Waiting<I, O> {
  input: I;
  settled: Promise<O>;
  resolve(answer: O | Promise<O>): void;
  reject(error: unknown): void;
}

/** One alone travels as ever. A server that knows no exchange is asked for each, as is what it finds too large. */
export function openExchange(workers: Workers, workerId: string): Exchange {
  const claims: Waiting<string, JsonObject>[] = [];
  const reports: Waiting<WorkerReport, JsonObject[]>[] = [];
  let lanes = 0;
  let known = true;

  const alone = {
    claim: (eventId: string) => workers.claim(eventId, workerId),
    report: (report: WorkerReport) => workers.report(report),
  };

  function each(asked: typeof claims, said: typeof reports): void {
    for (const { input, resolve } of asked) resolve(alone.claim(input));
    for (const { input, resolve } of said) resolve(alone.report(input));
  }

  async function together(asked: typeof claims, said: typeof reports): Promise<void> {
    try {
      const input = { claims: asked.map((one) => one.input), reports: said.map((one) => one.input) };
      const answers = await workers.exchange(workerId, input);
      for (const [index, one] of asked.entries()) settle(one, answers.claims[index], (answer) => answer);
      for (const [index, one] of said.entries()) settle(one, answers.reports[index], nextOf);
    } catch (error) {
      if (isNoetlError(error) && (error.meaning === "not_found" || error.meaning === "validation")) {
        known &&= error.meaning !== "not_found";
        return each(asked, said);
      }
      for (const { reject } of [...asked, ...said]) reject(error);
    }
  }

  async function work(): Promise<void> {
    lanes += 1;
    while (claims.length + reports.length > 0) {
      const asked = claims.splice(0, MOST);
      const said = reports.splice(0, MOST);
      if (!known || asked.length + said.length === 1) {
        each(asked, said);
        // The next ones wait for this one to come back, then travel together.
        await Promise.allSettled([...asked, ...said].map(({ settled }) => settled));
      } else await together(asked, said);
    }
    lanes -= 1;
  }

  function queue<I, O>(line: Waiting<I, O>[], input: I): Promise<O> {
    const { promise, resolve, reject } = Promise.withResolvers<O>();
    line.push({ input, settled: promise, resolve, reject });
    if (lanes < LANES && claims.length + reports.length === 1) setImmediate(() => void (lanes < LANES && work()));
    return promise;
  }

  return {
    claim: (eventId) => (known ? queue(claims, eventId) : alone.claim(eventId)),
    report: (report) => (known ? queue(reports, report) : alone.report(report)),
  };
}

function settle<I, O>(one: Waiting<I, O>, answer: JsonObject | undefined, read: (answer: JsonObject) => O): void {
  const status = Number(answer?.status ?? 502);
  const after = answer?.retry_after;
  if (answer && status < 400) one.resolve(read(answer));
  else one.reject(errorOf(status, answer ?? null, after === undefined ? undefined : String(after)));
}

function nextOf(answer: JsonObject): JsonObject[] {
  return Array.isArray(answer.next) ? (answer.next as JsonObject[]) : [];
}
