/** Requests of one kind that share a statement, hence a round trip and a commit. */
export interface GroupOptions<I, O> {
  /** in one statement */
  most: number;
  /** statements at one time: one that waits for the disk, and those that are computed meanwhile */
  lanes: number;
  /** of two requests with the same key the second waits for the first */
  keyOf(input: I): string;
  /** Answers in the order of the inputs. */
  run(inputs: readonly I[]): Promise<readonly Promise<O>[]>;
}

/**
 * What is asked for while statements are on their way goes with the next one: a busy server pays a round trip for many
 * requests, an idle one waits for nobody.
 */
export function grouped<I, O>({ most, lanes, keyOf, run }: GroupOptions<I, O>): (input: I) => Promise<O> {
  interface Waiting {
    input: I;
    resolve(done: O | Promise<O>): void;
    reject(error: unknown): void;
  }
  let queue: Waiting[] = [];
  let running = 0;

  function next(): Waiting[] {
    const group = new Map<string, Waiting>();
    const rest: Waiting[] = [];
    for (const one of queue) {
      const key = keyOf(one.input);
      if (group.size < most && !group.has(key)) group.set(key, one);
      else rest.push(one);
    }
    queue = rest;
    return [...group.values()];
  }

  async function work(): Promise<void> {
    running += 1;
    while (queue.length > 0) {
      const group = next();
      try {
        const answers = await run(group.map(({ input }) => input));
        for (const [index, { resolve }] of group.entries()) resolve(answers[index] as Promise<O>);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running -= 1;
  }

  return (input) =>
    new Promise((resolve, reject) => {
      queue.push({ input, resolve, reject });
      // Those of the same turn of the event loop go together.
      if (running < lanes && queue.length === 1) setImmediate(() => void (running < lanes && work()));
    });
}
