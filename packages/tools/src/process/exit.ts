import { constants } from "node:os";

/** How a process ended, as shells count: 128 + signal number when a signal ended it. */
export function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return signal === null ? 1 : 128 + (constants.signals[signal] ?? 0);
}

export function describeExit(program: string, code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `${program} ended with exit code ${code ?? 1}` : `${program} was ended by signal ${signal}`;
}
