import type { IIngress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import type { Context } from "./context.ts";
import { own, SERVICE } from "./names.ts";

/** The API under a name of its own, when one is given. */
export function ingress(context: Context): IIngress[] {
  const { host, className, tlsSecret, annotations } = context.config.ingress;
  if (host === null) return [];
  return [
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { ...own(context, SERVICE, "server"), ...(Object.keys(annotations).length > 0 && { annotations }) },
      spec: {
        ...(className !== null && { ingressClassName: className }),
        rules: [
          {
            host,
            http: {
              paths: [
                { path: "/", pathType: "Prefix", backend: { service: { name: SERVICE, port: { name: "http" } } } },
              ],
            },
          },
        ],
        ...(tlsSecret !== null && { tls: [{ hosts: [host], secretName: tlsSecret }] }),
      },
    },
  ];
}
