import { NoetlError } from "@noetl/core";
import { type Place, workerPlace, workerPlaces } from "../processes/places.ts";
import { processStatus } from "../processes/status.ts";

export interface Running {
  place: Place;
  pid: number;
}

/** Workers of this machine that run. */
export async function runningWorkers(env: NodeJS.ProcessEnv, now: number): Promise<Running[]> {
  const found: Running[] = [];
  for (const place of await workerPlaces(env)) {
    const { state, pid } = await processStatus(place, now);
    if (state === "running" && pid !== null) found.push({ place, pid });
  }
  return found;
}

/**
 * Which worker a command is about: the one named, else the only one there is, else the one somebody picks from a list
 * (`ask` gives a number from 1, or nothing when there is nobody to ask). Undefined when none runs. Meanings: `validation`.
 */
export async function chooseWorker(options: {
  env: NodeJS.ProcessEnv;
  name: string | undefined;
  now: number;
  ask(list: string): Promise<string | undefined>;
}): Promise<Place | undefined> {
  const { env, name, now } = options;
  if (name !== undefined) return workerPlace(env, name);
  const running = await runningWorkers(env, now);
  const [only] = running;
  if (!only) return undefined;
  if (running.length === 1) return only.place;
  const list = running.map(({ place, pid }, index) => `  ${index + 1}. ${place.name} (PID: ${pid})`).join("\n");
  const answer = await options.ask(`Running workers:\n${list}\n`);
  if (answer === undefined) {
    throw new NoetlError("validation", "E_WHICH_WORKER", "several workers run, and nothing says which is meant", {
      hint: `--name ${running.map(({ place }) => place.name).join(", --name ")}, or --all`,
    });
  }
  const chosen = /^\d+$/.test(answer) ? running[Number(answer) - 1] : undefined;
  if (!chosen) throw new NoetlError("validation", "E_WHICH_WORKER", `'${answer}' is no number of that list`);
  return chosen.place;
}
