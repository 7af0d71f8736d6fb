import type { Json } from "@noetl/core";
import type { Effect } from "@noetl/playbook";
import { type ConfigOf, defineTool, field } from "../config/index.ts";

const config = () =>
  field.object({
    url: field.word("address, http or https"),
    method: field.word("GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS; default GET").optional(),
    headers: field.map("request headers; null leaves one out").optional(),
    params: field
      .map("query parameters, for every method; null leaves one out, lists and maps are sent as JSON")
      .optional(),
    json: field.json("body, sent as JSON").optional(),
    form: field.either(field.map("fields"), field.string()).describe("body, sent as an HTML form").optional(),
    body: field.json("body: text as it stands, a map or list as JSON (or by Content-Type: form, multipart)").optional(),
    data: field.json("like `body`; a map is put into the query of GET and HEAD").optional(),
    payload: field.json("like `data`").optional(),
    follow_redirects: field.flag("default true, at most 10").optional(),
    verify_ssl: field.flag("check the certificate of the server, default true").optional(),
    ca_cert: field.word("certificate authority to trust: PEM text or file").optional(),
    client_cert: field.word("client certificate: PEM text or file").optional(),
    client_key: field.word("key of the client certificate: PEM text or file").optional(),
    response_type: field
      .choice(
        ["json", "text", "binary"],
        "default: JSON when the body parses, text otherwise; `binary` gives {base64, size}",
      )
      .optional(),
    max_response_bytes: field.count("a longer body is an error; default 50 MiB").optional(),
    save_to: field.word("write the body to this file instead; data is {path, size, sha256}").optional(),
  });

export type HttpConfig = ConfigOf<typeof config>;

/** One HTTP request (DSL §12.4, worker-and-tools §11.4). A status outside 2xx is an error that keeps its data. */
export const httpTool = defineTool({
  kind: "http",
  summary: "calls an HTTP service; a status outside 2xx is an error with the body as data",
  config,
  required: [["url"]],
  keyAliases: { endpoint: "url", verify: "verify_ssl" },
  positions: { url: "text", method: "text", headers: "text", body: "verbatim" },
  effects: ({ method }) => effectOf(method),
  resultSummary: "{status_code, headers, data, body, url, elapsed_ms}",
  // Loaded at the first call: most commands never make one.
  run: async (config, call) => (await import("./run.ts")).runHttp(config, call),
});

function effectOf(method: Json | undefined): Effect {
  if (method === undefined || method === null) return "read";
  const word = String(method).toUpperCase();
  if (!/^[A-Z]+$/.test(word)) return "unknown";
  return ["GET", "HEAD", "OPTIONS"].includes(word) ? "read" : "write";
}
