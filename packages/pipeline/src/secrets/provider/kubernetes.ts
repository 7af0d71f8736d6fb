import { readFile } from "node:fs/promises";
import { request as https } from "node:https";
import { isObject, NoetlError } from "@noetl/core";
import { answer } from "@noetl/tools";
import { type SecretProvider, setting } from "./provider.ts";

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** A Kubernetes secret: `[namespace/]name/key`, with the service account of the pod. */
export const kubernetesSecret: SecretProvider = async (request) => {
  const parts = request.path.split("/").filter((part) => part !== "");
  const key = parts.at(-1);
  const name = parts.at(-2);
  if (key === undefined || name === undefined || parts.length > 3) {
    throw new NoetlError("auth", "SECRET_PATH", `'${request.path}' is not [namespace/]name/key`);
  }
  const what = `Kubernetes secret '${request.path}'`;
  const token = setting(request, ["token"], []) ?? (await accountFile("token"));
  const namespace =
    (parts.length === 3 ? parts[0] : undefined) ??
    setting(request, ["namespace"], ["POD_NAMESPACE"]) ??
    (await accountFile("namespace"));
  const env = request.host.processEnv;
  const server =
    setting(request, ["endpoint", "server"], []) ??
    `https://${env.KUBERNETES_SERVICE_HOST ?? "kubernetes.default.svc"}:${env.KUBERNETES_SERVICE_PORT ?? "443"}`;
  const url = `${server.replace(/\/$/, "")}/api/v1/namespaces/${namespace}/secrets/${name}`;
  const init = { headers: { authorization: `Bearer ${token}` } };
  const inCluster = url.startsWith("https:") && setting(request, ["endpoint", "server"], []) === undefined;
  const host = inCluster ? { ...request.host, fetch: trustingCluster(await accountFile("ca.crt")) } : request.host;
  const fields = await answer(host, { what, url, init });
  const data = isObject(fields.data) ? fields.data[key] : undefined;
  if (typeof data !== "string") throw new NoetlError("not_found", "SECRET_FIELD", `${what} has no key '${key}'`);
  return Buffer.from(data, "base64").toString("utf8");
};

async function accountFile(name: string): Promise<string> {
  try {
    return (await readFile(`${ACCOUNT}/${name}`, "utf8")).trim();
  } catch (error) {
    throw new NoetlError("auth", "K8S_ACCOUNT", `there is no Kubernetes service account here (${ACCOUNT}/${name})`, {
      hint: "run inside the cluster, or name a credential with server and token in 'auth'",
      cause: error,
    });
  }
}

/** The API server's certificate is signed by the cluster's own authority, which `fetch` cannot be told about. */
function trustingCluster(ca: string): typeof fetch {
  return (input, init) =>
    new Promise<Response>((resolve, reject) => {
      const headers = (init?.headers ?? {}) as Record<string, string>;
      const call = https(
        String(input),
        { ca, headers, ...(init?.signal ? { signal: init.signal } : {}) },
        (answered) => {
          const chunks: Buffer[] = [];
          answered.on("data", (chunk: Buffer) => chunks.push(chunk));
          answered.on("error", reject);
          answered.on("end", () =>
            resolve(new Response(Buffer.concat(chunks), { status: answered.statusCode ?? 502 })),
          );
        },
      );
      call.on("error", reject);
      call.end();
    });
}
