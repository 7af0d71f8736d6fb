/** One run of another program. Never a shell: the arguments go to it as they are. */
export interface Call {
  argv: readonly [program: string, ...args: string[]];
  /** it changes nothing, so it also runs with `--dry-run` */
  reads?: boolean;
  /** its stdin; absent: none */
  input?: string;
  /** `inherit`: it has the terminal, and nothing of it is kept */
  terminal?: boolean;
  /** ms, then it is ended */
  timeoutMs?: number;
  /** every line as it comes, without its end */
  onLine?: (line: string, from: "stdout" | "stderr") => void;
  /** with `onLine`: nothing of it is kept, it may be endless */
  forget?: boolean;
  /** in addition to the signal of the command */
  signal?: AbortSignal;
  env?: { readonly [name: string]: string };
  cwd?: string;
  /** what `--dry-run` prints in place of the input, when that holds secrets or is made at run time */
  shownInput?: string;
}

/** How it ended. `code` is 128 + number of the signal when one ended it, as a shell counts. */
export interface Ended {
  code: number;
  signal?: string;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

/** The one seam to other programs. Meaning `validation` when the program is missing, `cancelled` after Ctrl-C. */
export type Exec = (call: Call) => Promise<Ended>;
