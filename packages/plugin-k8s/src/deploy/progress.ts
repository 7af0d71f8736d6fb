/** Says what a step is doing right now. */
export type Say = (text: string) => void;

export interface Step<T> {
  title: string;
  work(say: Say): Promise<T>;
}

/** Where steps are shown. Their errors pass through. */
export interface Progress {
  step<T>(title: string, work: (say: Say) => Promise<T>): Promise<T>;
  /** Steps at the same time; the first error ends it. */
  together(title: string, steps: readonly Step<void>[]): Promise<void>;
}

/** Lines as they come: pipes, files, logs of CI. What repeats is said once. */
export function plainProgress(print: (line: string) => void): Progress {
  const step = async <T>(title: string, work: (say: Say) => Promise<T>): Promise<T> => {
    let last = "";
    const result = await work((text) => {
      if (text !== last) print(`  ${title}: ${text}`);
      last = text;
    });
    print(`${title}: done`);
    return result;
  };
  return {
    step,
    async together(_title, steps) {
      await Promise.all(steps.map(({ title, work }) => step(title, work)));
    },
  };
}

/** `--dry-run`: the lines of the calls say it all. */
export const silentProgress: Progress = {
  step: (_title, work) => work(() => {}),
  async together(_title, steps) {
    for (const { work } of steps) await work(() => {});
  },
};

/** A list on a terminal, drawn on this stream. */
export function listProgress(output: NodeJS.WriteStream): Progress {
  const run = async (title: string, steps: readonly Step<void>[] | Step<void>["work"]) => {
    const { Listr, ListrLogger, ProcessOutput } = await import("listr2");
    const logger = new ListrLogger({ processOutput: new ProcessOutput(output, output) });
    const list = new Listr(
      [
        {
          title,
          task: (_context, task) =>
            typeof steps === "function"
              ? steps((text) => {
                  task.output = text;
                })
              : task.newListr(
                  steps.map((step) => ({
                    title: step.title,
                    task: (_inner, sub) =>
                      step.work((text) => {
                        sub.output = text;
                      }),
                  })),
                  { concurrent: true, exitOnError: true, rendererOptions: { collapseSubtasks: false } },
                ),
        },
      ],
      { rendererOptions: { logger, collapseErrors: false, showErrorMessage: false }, registerSignalListeners: false },
    );
    await list.run();
  };
  return {
    async step(title, work) {
      const box: { value?: Awaited<ReturnType<typeof work>> } = {};
      await run(title, async (say) => {
        box.value = await work(say);
      });
      return box.value as Awaited<ReturnType<typeof work>>;
    },
    together: run,
  };
}
