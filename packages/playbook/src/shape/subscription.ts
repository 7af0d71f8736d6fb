import { any, dict, flag, keys, list, number, type Shape, text, word } from "./shape.ts";

const CODE = "E_SUBSCRIPTION";
const code = { code: CODE };
const over = (description: string): Shape => number(description, { min: 1e-9, code: CODE });

/** DSL §2.6 */
export const subscriptionShape: Shape = keys(
  "a long-running message source that starts playbooks",
  {
    apiVersion: any("noetl.io/v1"),
    kind: any("Subscription"),
    metadata: keys(
      "what it is called",
      { name: text("name", { min: 1, ...code }), path: text("catalog path") },
      {
        open: true,
        ...code,
      },
    ),
    spec: keys(
      "what it listens to and what it starts",
      {
        source: word(["pubsub", "nats", "kafka", "webhook"], "where messages come from", code),
        mode: word(["pull", "push"], "pull by default", code),
        activation: word(["continuous", "scheduled"], "continuous by default", code),
        dispatch: keys(
          "what is started",
          {
            playbook: text("catalog path", { min: 1, ...code }),
            payload_from: any("where the payload is in the message"),
            execution_pool: text("execution pool"),
            batch_dispatch: flag("several messages a run", code),
            batch_max: batchSize(),
          },
          { required: { playbook: CODE }, open: true, ...code },
        ),
        dedup: keys("drop what came before", { enabled: flag("on or off", code), window_secs: over("seconds") }, code),
        limits: keys(
          "upper bounds",
          { max_in_flight: over("messages at a time"), max_dispatch_per_sec: over("starts a second") },
          code,
        ),
        headers: keys(
          "what headers do",
          {
            normalize: any("normalise names"),
            directives: list(
              keys(
                "one directive",
                { header: text("header"), controls: text("what it controls"), allowed: any() },
                code,
              ),
              "headers that steer",
              code,
            ),
            trace: any("trace header"),
            passthrough: any("headers that go on"),
          },
          code,
        ),
        spool: keys(
          "what is kept when starting fails",
          {
            mode: word(["off", "buffer_and_ack", "hybrid"], "mode", code),
            backend: word(["nats_object", "local_disk", "gcs", "s3"], "where", code),
            ordering: word(["global", "per_key", "none"], "order", code),
            drain: keys("emptying", { on_recovery: text("when the target is back") }, { open: true, ...code }),
            bucket: text("bucket of gcs and s3"),
            path: text("path of local_disk"),
          },
          { open: true, ...code },
        ),
        ingress: keys(
          "how messages are pushed",
          { gateway_path: text("path, starting with /", code), verify: dict("how the sender is verified", code) },
          code,
        ),
      },
      { required: { source: CODE, dispatch: CODE }, open: true, ...code },
    ),
  },
  { required: { spec: CODE }, open: true, code: CODE },
);

function batchSize(): Shape {
  return {
    type: "custom",
    description: "messages of one run, 1 to 1000",
    check(node, { report }) {
      const value = node.type === "scalar" ? node.value : undefined;
      if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1000) return;
      report.error(CODE, node, "spec.dispatch.batch_max must be a whole number from 1 to 1000");
    },
    schema: () => ({ type: "integer", minimum: 1, maximum: 1000 }),
  };
}
