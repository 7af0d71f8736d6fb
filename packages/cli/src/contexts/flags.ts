import { type ContextPatch, Flags, RUNTIMES } from "@noetl/sdk";

/** Fields of a context as flags; an empty text clears one. The address is the global `--server-url`. */
export const contextFlags = {
  runtime: Flags.option({ options: RUNTIMES })({ description: "where playbooks run" }),
  "auth0-domain": Flags.string({ description: "domain of the identity provider" }),
  "auth0-client-id": Flags.string({ description: "client id at the identity provider" }),
  "auth0-redirect-uri": Flags.string({ description: "redirect address of the browser login" }),
  "auth0-audience": Flags.string({ description: "audience of the tokens" }),
  "auth0-client-secret": Flags.string({ description: "client secret; NOETL_AUTH0_CLIENT_SECRET is safer" }),
  "kube-context": Flags.string({ description: "kubectl context of port-forward" }),
  "kube-namespace": Flags.string({ description: "namespace of port-forward" }),
  "kube-service": Flags.string({ description: "service of port-forward, default noetl" }),
  "kube-remote-port": Flags.integer({
    min: 0,
    max: 65_535,
    description: "port of the service, default 8082; 0 clears",
  }),
};

type Given = {
  [flag in keyof typeof contextFlags]?: string | number | undefined;
} & { gateway?: boolean | undefined };

/** Only what was given; an empty text or port 0 clears. */
export function patchOf(flags: Given): ContextPatch {
  const text = (name: keyof typeof contextFlags) => {
    const value = flags[name];
    return value === undefined ? undefined : value === "" ? null : String(value);
  };
  const port = flags["kube-remote-port"];
  return {
    runtime: RUNTIMES.find((runtime) => runtime === flags.runtime),
    gateway: flags.gateway,
    auth0Domain: text("auth0-domain"),
    auth0ClientId: text("auth0-client-id"),
    auth0RedirectUri: text("auth0-redirect-uri"),
    auth0Audience: text("auth0-audience"),
    auth0ClientSecret: text("auth0-client-secret"),
    kubeContext: text("kube-context"),
    kubeNamespace: text("kube-namespace"),
    kubeService: text("kube-service"),
    kubeRemotePort: port === undefined ? undefined : port === 0 ? null : Number(port),
  };
}
