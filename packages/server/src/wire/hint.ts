import type { Hint } from "@noetl/bus";
import { rawInteger } from "@noetl/core";
import type { CommandRow, NewCommand } from "@noetl/store";
import type { Given, Live } from "../runs/index.ts";

export function hintOf(live: Live, command: NewCommand, serverUrl: string | undefined): Hint {
  return {
    execution_id: live.summary.execution_id,
    event_id: command.event_id,
    command_id: command.event_id,
    step: command.step,
    pool: command.pool,
    ...(serverUrl === undefined ? {} : { server_url: serverUrl }),
    ...(live.trace === undefined ? {} : { trace: live.trace }),
  };
}

export function hintOfRow(row: CommandRow, serverUrl: string | undefined): Hint {
  return {
    execution_id: row.execution_id,
    event_id: row.event_id,
    command_id: row.event_id,
    step: row.step,
    pool: row.pool,
    ...(serverUrl === undefined ? {} : { server_url: serverUrl }),
  };
}

/** server-api §4.2: ids as integers. With the command and the number of its claim where it is claimed already. */
export function hintWire({ execution_id, event_id, pool, given, ...rest }: Hint & { given?: Given }) {
  return {
    execution_id: rawInteger(execution_id),
    event_id: rawInteger(event_id),
    ...rest,
    execution_pool: pool,
    ...(given ? { command: given.command, fence: given.fence } : {}),
  };
}

/** Of a command that is claimed for who gets it. */
export function givenHint({ execution_id, row }: Given, serverUrl: string | undefined): Hint {
  return {
    execution_id,
    event_id: row.event_id,
    command_id: row.event_id,
    step: row.step,
    pool: row.pool,
    ...(serverUrl === undefined ? {} : { server_url: serverUrl }),
  };
}

/** A command that was claimed for who reports. */
export function offerWire(given: Given) {
  return hintWire({ ...givenHint(given, undefined), given });
}
