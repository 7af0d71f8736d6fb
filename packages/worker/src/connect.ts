import { openNatsBus } from "@noetl/bus";
import { openClient } from "@noetl/client";
import type { Clock, Random } from "@noetl/core";
import type { NatsConfig, WorkerConfig } from "./config/config.ts";
import { httpControlPlane } from "./http/control-plane.ts";
import type { Log } from "./log.ts";
import type { ControlPlane } from "./plane/control-plane.ts";
import { openSealedBox } from "./sealed/sealed.ts";
import { busSource } from "./source/bus.ts";
import { pollSource } from "./source/poll.ts";
import type { Source } from "./source/source.ts";

/** The server and the source of commands that the configuration names. Nothing is connected yet. */
export function connect(
  config: WorkerConfig,
  ports: { clock: Clock; random: Random; log: Log },
): { server: ControlPlane; source: Source } {
  const { token, tls, timeouts } = config;
  const server = httpControlPlane({
    ...ports,
    beatTries: config.commandHeartbeatTries,
    ...(config.sealed ? { sealed: { box: openSealedBox(), worker: config.id } } : {}),
    client: (url = config.serverUrl) =>
      openClient(
        {
          url,
          gateway: false,
          ...(token === undefined ? {} : { token }),
          ...(tls === undefined ? {} : { tls }),
        },
        {
          lean: true,
          timeoutMs: timeouts.http,
          workers: { events: timeouts.events, beat: timeouts.beat },
          authHint: "give this worker the NOETL_API_TOKEN of the server",
        },
      ),
  });
  return { server, source: sourceOf(config, server, ports) };
}

function sourceOf(config: WorkerConfig, server: ControlPlane, ports: { clock: Clock; log: Log }): Source {
  const { id: worker, pools, nats, capacity } = config;
  if (!nats) return pollSource(server, { worker, pools });
  return busSource({ open: () => openBus(nats, ports.clock), server, worker, pools, capacity, ...ports });
}

function openBus({ fetchMs, ackWaitMs, maxAckPending, ...where }: NatsConfig, clock: Clock) {
  return openNatsBus({ ...where, fetchMs, ackWaitMs, maxAckPending, clock });
}
