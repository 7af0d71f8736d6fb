import { type Client, openClient } from "@noetl/client";
import { NoetlError, parseDuration } from "@noetl/core";
import { Command as OclifCommand } from "@oclif/core";
import { type Palette, palette, wantsColor } from "./color.ts";
import { confirm } from "./confirm.ts";
import { chooseServer, type ServerChoice, type ServerFlags } from "./contexts/choose.ts";
import { type ContextsFile, readContexts } from "./contexts/read.ts";
import { documentText } from "./document.ts";
import { type Format, requestedFormat } from "./format.ts";
import { globalFlags } from "./global-flags.ts";
import { pagerOf, showPaged } from "./pager.ts";

export { Args, Flags } from "@oclif/core";
export type CommandClass = OclifCommand.Class;

/** A client, and what led to it. */
export interface Connection {
  client: Client;
  server: ServerChoice;
}

/**
 * The class all commands extend: global flags and streams. A command parses, calls one function and returns
 * its data; `show` prints for people and is silent when a document was asked for, which the entry point then prints.
 */
export abstract class BaseCommand extends OclifCommand {
  static override baseFlags = globalFlags;
  /** key of the list in the result: what `-o ndjson` and `-o name` print row by row */
  static rows: string | undefined;

  /** `--json` and `-o` as they stand in the arguments. */
  protected get format(): Format {
    return requestedFormat(this.argv);
  }

  protected get env(): NodeJS.ProcessEnv {
    return process.env;
  }

  /** Styles for stdout. */
  protected get paint(): Palette {
    return palette(wantsColor({ env: this.env, isTTY: process.stdout.isTTY === true }));
  }

  /** Styles for stderr. */
  protected get paintNote(): Palette {
    return palette(wantsColor({ env: this.env, isTTY: process.stderr.isTTY === true }));
  }

  /** What `show` was told since `showInPages`. */
  private unread: string[] | undefined;

  /** Result text on stdout; nothing with `--json`. */
  protected show(text: string): void {
    if (this.format !== "text") return;
    const whole = text.endsWith("\n") || text === "" ? text : `${text}\n`;
    if (this.unread) this.unread.push(whole);
    else process.stdout.write(whole);
  }

  /** What is shown from here on may be long: at a terminal it goes through a pager when the command is done. */
  protected showInPages(): void {
    if (pagerOf(this.env, process.stdout)) this.unread ??= [];
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    const text = this.unread?.join("");
    this.unread = undefined;
    if (text) await showPaged(text, this.env, process.stdout);
    await super.finally(error);
  }

  /** A row of a result that comes piece by piece: printed at once with `-o ndjson` and `-o name`. */
  protected async emit(row: unknown): Promise<void> {
    if (this.format === "ndjson" || this.format === "name") {
      process.stdout.write(await documentText(row, this.format));
    }
  }

  /** Do rows leave as they come? Then the command returns nothing at its end. */
  protected get streams(): boolean {
    return this.format === "ndjson" || this.format === "name";
  }

  /** Everything that is not the result: stderr. */
  protected note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** Ends with this code although nothing was thrown: the result says what is wrong. */
  protected endWith(code: number): void {
    process.exitCode = code;
  }

  /** Which server the flags, the environment and the contexts choose. */
  protected async server(flags: ServerFlags): Promise<ServerChoice> {
    return chooseServer(flags, await readContexts(this.env), this.env);
  }

  /** A client for that server. Nothing is sent yet. */
  protected async connect(flags: ServerFlags): Promise<Connection> {
    const file = await readContexts(this.env);
    const server = chooseServer(flags, file, this.env);
    warnAboutContext(server, flags, (text) => this.note(text));
    warnAboutSession(server, (text) => this.note(text));
    const login = `noetl auth login${server.context ? ` --context ${server.context.name}` : ""}`;
    const client = openClient(server.endpoint, {
      timeoutMs: requestTimeout(flags, file, this.env),
      authHint: `${login}, or give NOETL_SESSION_TOKEN or NOETL_API_TOKEN`,
    });
    return { client, server };
  }

  /** Asks before what cannot be undone; `--yes` answers, and without a terminal it is needed. */
  protected async agreed(
    question: string,
    flags: { yes: boolean; "no-input"?: boolean | undefined },
    expected?: string,
  ): Promise<boolean> {
    if (flags.yes) return true;
    return confirm({
      question,
      flag: "--yes",
      input: process.stdin,
      output: process.stderr,
      never: flags["no-input"] === true,
      ...(expected !== undefined && { expected }),
    });
  }

  /** Errors are drawn in one place, by the entry point. */
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}

const DEFAULT_TIMEOUT_MS = 60_000;

/** `--request-timeout`, `NOETL_HTTP_TIMEOUT_MS`, the settings, one minute. */
export function requestTimeout(flags: ServerFlags, file: ContextsFile, env: NodeJS.ProcessEnv): number {
  if (flags["request-timeout"] !== undefined) return parseDuration(flags["request-timeout"]);
  if (env.NOETL_HTTP_TIMEOUT_MS) {
    const ms = Number(env.NOETL_HTTP_TIMEOUT_MS);
    if (Number.isFinite(ms) && ms > 0) return ms;
    throw new NoetlError("validation", "E_DURATION", "NOETL_HTTP_TIMEOUT_MS must be a number of milliseconds");
  }
  return file.settings.requestTimeoutMs ?? DEFAULT_TIMEOUT_MS;
}

/** A context that was named and does not decide must not go unnoticed: commands may change another server than meant. */
function warnAboutContext({ context, source, url }: ServerChoice, flags: ServerFlags, note: (text: string) => void) {
  if (flags.context === undefined || context === undefined || source !== "NOETL_SERVER_URL") return;
  if (url !== context.serverUrl) note(`NOETL_SERVER_URL decides the server, not context ${context.name}: ${url}`);
}

function warnAboutSession({ context, endpoint, tokenSource }: ServerChoice, note: (text: string) => void): void {
  const until = tokenSource === "context" ? context?.sessionExpiresAt : undefined;
  if (until !== undefined && Date.parse(until) < Date.now()) {
    note(`the session of context ${context?.name} ended at ${until}; noetl auth login --context ${context?.name}`);
  }
  if (endpoint.gateway === true && endpoint.token === undefined) {
    note("requests go through the gateway without a session; noetl auth login gets one");
  }
}
