import { Counter, type Registry } from "prom-client";

export interface SubscriptionObserver {
  received(messages: number, steered: number): void;
  started(status: string, messages: number): void;
  dropped(): void;
  limited(): void;
  circuit(state: "open" | "closed"): void;
}

/** Names of worker-and-tools §8.3. */
export function subscriptionMetrics(registry: Registry): SubscriptionObserver {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name: `noetl_subscription_${name}`, help, labelNames, registers });
  const received = counter("messages_received_total", "Messages pulled from the source");
  const executions = counter("executions_total", "Runs started for messages", ["status"]);
  const directives = counter("directives_applied_total", "Messages whose headers steered something");
  const transitions = counter("circuit_transitions_total", "The server stopped taking starts, or took them again", [
    "to",
  ]);
  const dead = counter("dead_lettered_total", "Messages dropped because no run can be started for them");
  const batches = counter("batch_dispatch_total", "Runs started for several messages");
  const batched = counter("batch_messages_total", "Messages of those");
  const limited = counter("rate_limited_total", "Starts that waited for the rate");
  return {
    received(messages, steered) {
      received.inc(messages);
      directives.inc(steered);
    },
    started(status, messages) {
      executions.inc({ status });
      if (messages === 1) return;
      batches.inc();
      batched.inc(messages);
    },
    dropped: () => dead.inc(),
    limited: () => limited.inc(),
    circuit: (to) => transitions.inc({ to }),
  };
}
