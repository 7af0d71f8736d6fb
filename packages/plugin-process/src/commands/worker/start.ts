import { startFlags, workerFlags } from "../../flags.ts";
import { ProcessCommand } from "../../process-command.ts";
import { runInPlace } from "../../processes/foreground.ts";
import { startedText } from "../../view/started.ts";
import { pythonWorker, startWorker, workerEnvironment, workerName } from "../../worker/start.ts";

export default class WorkerStart extends ProcessCommand {
  static override description =
    "Starts a worker in the background and waits until the server knows it. It takes commands from NATS when NATS_URL is set, else it asks the server for them.";
  static override examples = [
    "<%= config.bin %> worker start",
    "<%= config.bin %> worker start --name gpu --pool gpu --max-workers 2",
    "<%= config.bin %> worker start --foreground --server-url http://noetl:8082",
  ];
  static override flags = { ...startFlags, ...workerFlags };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(WorkerStart);
    const { endpoint } = await this.server(flags);
    const env = workerEnvironment(flags, this.env, endpoint);
    const cwd = process.cwd();
    if (!this.staysInFront(flags)) {
      const started = await startWorker({ flags, env, cwd, self: this.self, waitMs: this.patience(flags) });
      const name = workerName(flags, env);
      this.show(startedText(`Worker '${name}'`, started, `${this.config.bin} worker stop --name ${name}`));
      return started;
    }
    if (flags.runtime === "python") {
      this.endWith(await runInPlace(await pythonWorker(env), env));
      return undefined;
    }
    const { runWorker } = await import("../../worker/run.ts");
    await runWorker({
      flags,
      pidFile: flags["pid-file"],
      env,
      cwd,
      version: this.config.version,
      log: this.openLog(env),
    });
    return undefined;
  }
}
