import { type Feed, type FeedOptions, openNatsFeed } from "@noetl/bus";
import { type Clock, type JsonObject, NoetlError } from "@noetl/core";
import { type Credential, produceToken, type TokenHost } from "@noetl/tools";
import type { WorkerConfig } from "../config/config.ts";
import { credentialFromEnvironment } from "../host/credential.ts";
import type { Log } from "../log.ts";
import type { ControlPlane } from "../plane/control-plane.ts";
import type { NatsPlace, SubscriptionDocument } from "./document.ts";
import { openPubsubFeed } from "./pubsub.ts";

export interface SourcePorts {
  config: Pick<WorkerConfig, "nats">;
  server: Pick<ControlPlane, "credential">;
  env: { readonly [name: string]: string | undefined };
  clock: Clock;
  log: Log;
}

/** A token is asked for anew a minute before it ends, ms. */
const MARGIN_MS = 60_000;

/** The messages of a subscription, under the credential its document names. Meanings: `validation`, `not_found`, `auth`, `unavailable`. */
export async function openSource(
  { place, credential }: SubscriptionDocument,
  ports: SourcePorts,
  subscriptionId: string,
): Promise<Feed> {
  const found =
    credential === undefined
      ? undefined
      : ((await credentialFromEnvironment(ports.env, credential)) ??
        (await ports.server.credential(credential, subscriptionId)));
  if (place.kind === "nats") return openNatsFeed(natsPlace(place, ports, found));
  const host: TokenHost = { now: () => ports.clock.now(), processEnv: ports.env, fetch };
  // An emulator knows no identities.
  const open = place.endpoint.startsWith("http://") && found === undefined;
  return openPubsubFeed(place, {
    host,
    token: open ? undefined : tokens(host, found),
    trouble: (error) => ports.log.warn("a message could not be given back", { error }),
  });
}

/** Where the document says, else its credential, else the worker's own broker. */
function natsPlace(
  { kind: _kind, ...feed }: NatsPlace,
  { config }: SourcePorts,
  found: Credential | undefined,
): FeedOptions {
  const text = (name: string) => {
    const data: JsonObject = found?.data ?? {};
    const value = data[name] ?? data[`nats_${name}`];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const url = text("url") ?? feed.url;
  if (url === "") {
    throw new NoetlError("validation", "E_SUBSCRIPTION", "nothing says where NATS is", {
      hint: "give the document spec.nats.url or spec.auth, or set NATS_URL",
    });
  }
  const own = found === undefined ? config.nats : undefined;
  const [user, password, token] = [text("user") ?? own?.user, text("password") ?? own?.password, text("token")];
  return {
    ...feed,
    url,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(token === undefined ? {} : { token }),
  };
}

function tokens(host: TokenHost, credential: Credential | undefined): () => Promise<string> {
  let held: { token: string; expires_at: number } | undefined;
  return async () => {
    if (!held || held.expires_at - host.now() < MARGIN_MS) {
      held = await produceToken(host, credential, { scopes: ["https://www.googleapis.com/auth/pubsub"] });
    }
    return held.token;
  };
}
