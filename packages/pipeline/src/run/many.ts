/**
 * Runs `work` over indices 0 … total−1 in order, at most `width` at a time, until one asks to stop or `open` says that no
 * further one may start. Resolves when all that started have ended.
 */
export async function runMany(
  total: number,
  width: number,
  open: () => boolean,
  work: (index: number) => Promise<"go on" | "stop">,
): Promise<void> {
  let next = 0;
  let stopped = false;
  const lane = async () => {
    while (!stopped && next < total && open()) {
      const index = next++;
      if ((await work(index)) === "stop") stopped = true;
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, total) }, lane));
}
