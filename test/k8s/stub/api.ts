import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { type Answer, failure } from "./answer.ts";
import { type Controller, type Fate, playRollouts } from "./controller.ts";
import { discovery } from "./discovery.ts";
import { answerList, streamChanges } from "./read.ts";
import { CORE, groupVersionOf, KEDA, type Resource } from "./resources.ts";
import type { Stored } from "./server-side-apply.ts";
import { type ObjectStore, objectStore } from "./store.ts";
import { remove, scale, scaleOf, write } from "./write.ts";

/** A call that changes something, or would. */
export interface Recorded {
  method: string;
  /** plural */
  resource: string;
  namespace: string;
  name: string;
  dryRun: boolean;
  manager: string;
  type: string;
}

export interface StubApi {
  url: string;
  store: ObjectStore;
  /** changing calls, in their order */
  calls: Recorded[];
  fates: Map<string, Fate>;
  /** logs of pods, by the beginning of their name */
  logs: Map<string, string>;
  /** `METHOD resource` or `METHOD resource/name` → refused */
  forbidden: Set<string>;
  stop(): Promise<void>;
}

/** An API server of Kubernetes with as much as kubectl needs: discovery, server-side apply, watches, rollouts, logs. */
export async function startStubApi(options: { keda?: boolean; architecture?: string } = {}): Promise<StubApi> {
  const store = objectStore();
  const controller = playRollouts(store, new Map());
  const stub: Stub = {
    store,
    controller,
    resources: options.keda ? [...CORE, ...KEDA] : CORE,
    calls: [],
    logs: new Map(),
    forbidden: new Set(),
  };
  store.put("nodes", {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "noetl-control-plane" },
    status: { nodeInfo: { architecture: options.architecture ?? "amd64", operatingSystem: "linux" } },
  });
  const server = createServer((request, response) => {
    handle(stub, request, response)
      .catch((error: unknown) => failure(500, "InternalError", String(error)))
      .then((answer) => {
        if (!answer) return;
        const [status, body] = answer;
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const { calls, logs, forbidden } = stub;
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    calls,
    logs,
    forbidden,
    fates: controller.fates,
    async stop() {
      controller.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface Stub {
  store: ObjectStore;
  controller: Controller;
  resources: readonly Resource[];
  calls: Recorded[];
  logs: Map<string, string>;
  forbidden: Set<string>;
}

export interface Target {
  resource: Resource;
  /** empty for all */
  namespace: string;
  name: string;
  subresource: string;
}

async function handle(stub: Stub, request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
  const url = new URL(request.url ?? "/", "http://stub");
  const method = request.method ?? "GET";
  const found = discovery(url.pathname, stub.resources);
  if (found) return [200, found];
  const target = targetOf(url.pathname, stub.resources);
  if (!target) return failure(404, "NotFound", "the server could not find the requested resource");
  const { resource, namespace, name, subresource } = target;
  const refused = [`${method} ${resource.plural}`, `${method} ${resource.plural}/${name}`].some((one) =>
    stub.forbidden.has(one),
  );
  if (refused) {
    const verb = { GET: "get", POST: "create", PATCH: "patch", PUT: "update", DELETE: "delete" }[method] ?? "get";
    const message = `${resource.plural} ${name === "" ? "" : `"${name}" `}is forbidden: User "dev" cannot ${verb} resource "${resource.plural}" in API group "${resource.group}" in the namespace "${namespace}"`;
    return failure(403, "Forbidden", message);
  }
  if (method === "GET") return read(stub, target, url, response);
  const body = await text(request);
  const dryRun = url.searchParams.get("dryRun") === "All";
  const type = (request.headers["content-type"] ?? "").split(";")[0] ?? "";
  const manager = url.searchParams.get("fieldManager") ?? "kubectl";
  const object = body === "" ? undefined : (parse(body) as Stored);
  const named = name === "" ? String(object?.metadata?.name ?? "") : name;
  stub.calls.push({ method, resource: resource.plural, namespace, name: named, dryRun, manager, type });
  if (method === "DELETE") return remove(stub, target, dryRun);
  if (!object) return failure(400, "BadRequest", "there is no object");
  if (resource.namespaced && !stub.store.get("namespaces", "", namespace)) {
    return failure(404, "NotFound", `namespaces "${namespace}" not found`);
  }
  if (subresource === "scale") return scale(stub, target, object, manager);
  return write(
    stub,
    { ...target, name: named },
    { method, object, dryRun, manager, type, force: url.searchParams.get("force") === "true" },
  );
}

function read(stub: Stub, target: Target, url: URL, response: ServerResponse): Answer | undefined {
  const { resource, namespace, name, subresource } = target;
  if (subresource === "log") {
    const log = [...stub.logs].find(([start]) => name.startsWith(start))?.[1] ?? "";
    response.writeHead(200, { "content-type": "text/plain" }).write(log);
    if (url.searchParams.get("follow") !== "true") response.end();
    return undefined;
  }
  if (url.searchParams.get("watch") === "true") {
    streamChanges(stub.store, target, url, response);
    return undefined;
  }
  if (name === "") return [200, answerList(stub.store, target, url)];
  const found = stub.store.get(resource.plural, namespace, name);
  if (!found) return failure(404, "NotFound", `${resource.plural} "${name}" not found`);
  if (subresource === "scale") return [200, scaleOf(found)];
  return [200, found];
}

function targetOf(path: string, resources: readonly Resource[]): Target | undefined {
  const match =
    /^\/(?:api|apis)\/(v1|[^/]+\/[^/]+)(?:\/namespaces\/([^/]+))?\/([a-z]+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(path);
  if (match) {
    const [, groupVersion, namespace = "", plural, name = "", subresource = ""] = match;
    const resource = resources.find((one) => one.plural === plural && groupVersionOf(one) === groupVersion);
    if (resource) return { resource, namespace, name, subresource };
  }
  const alone = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(path);
  const namespaces = resources.find(({ plural }) => plural === "namespaces");
  return alone && namespaces
    ? { resource: namespaces, namespace: "", name: alone[1] ?? "", subresource: "" }
    : undefined;
}
