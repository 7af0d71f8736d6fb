import { serverFlags, startFlags } from "../../flags.ts";
import { ProcessCommand } from "../../process-command.ts";
import { runInPlace } from "../../processes/foreground.ts";
import { pythonServer, startServer } from "../../server/start.ts";
import { startedText } from "../../view/started.ts";

export default class ServerStart extends ProcessCommand {
  static override description =
    "Starts a server in the background and waits until it answers. State is kept in SQLite in the data folder, or in PostgreSQL when NOETL_DATABASE_URL or POSTGRES_HOST is set; workers are woken over NATS when NATS_URL is set.";
  static override examples = [
    "<%= config.bin %> server start",
    "<%= config.bin %> server start --with-worker",
    "<%= config.bin %> server start --foreground --host 0.0.0.0 --init-db",
  ];
  static override flags = { ...startFlags, ...serverFlags };

  async run(): Promise<unknown> {
    const { flags } = await this.parse(ServerStart);
    const { env } = this;
    if (!this.staysInFront(flags)) {
      const waitMs = this.patience(flags);
      const started = await startServer({ flags, env, cwd: process.cwd(), self: this.self, waitMs });
      this.show(startedText("Server", started, `${this.config.bin} server stop`));
      return started;
    }
    if (flags.runtime === "python") {
      this.endWith(await runInPlace(await pythonServer(flags, env), env));
      return undefined;
    }
    const { runServer } = await import("../../server/run.ts");
    const { version } = this.config;
    const log = this.openLog(env);
    await runServer({ flags, pidFile: flags["pid-file"], env, cwd: process.cwd(), version, log });
    return undefined;
  }
}
