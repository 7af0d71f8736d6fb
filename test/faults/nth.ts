import { everyCall, never, unreachable } from "../simulation/faults.ts";

/**
 * What happens to one call: `fails` before it did anything · `lost`: it did everything, its answer is lost · `hangs`: it
 * never answers.
 */
export type Fault = "fails" | "lost" | "hangs";

export interface Counted<Port> {
  port: Port;
  /** calls so far */
  readonly calls: number;
  /** name of the call that the fault hit */
  readonly hit: string | undefined;
}

/** The port with a fault at its `nth` call, from 1; later calls are well. `then` is called when it is hit. */
export function faultAt<Port extends object>(
  port: Port,
  nth: number,
  fault: Fault,
  then: () => void = () => {},
): Counted<Port> {
  let calls = 0;
  let hit: string | undefined;
  const counted = everyCall(port, async (name, call) => {
    calls += 1;
    if (calls !== nth) return call();
    hit = name;
    then();
    if (fault === "hangs") return never();
    if (fault === "fails") throw unreachable(`${name} was not done`);
    await call();
    throw unreachable(`${name} was done, its answer is lost`);
  });
  return {
    port: counted,
    get calls() {
      return calls;
    },
    get hit() {
      return hit;
    },
  };
}
