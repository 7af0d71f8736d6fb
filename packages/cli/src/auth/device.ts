import { setTimeout } from "node:timers/promises";
import { NoetlError } from "@noetl/core";
import { askProvider, baseFields, type Provider, tokenOf } from "./provider.ts";

export interface DeviceFlow {
  /** shown to the person; `open` the browser unless that was forbidden */
  show(address: string, code: string): void;
  signal?: AbortSignal;
}

/** The login for machines without a browser: a code to type elsewhere. Meaning `auth` when it is refused or runs out. */
export async function deviceToken(provider: Provider, { show, signal }: DeviceFlow): Promise<string> {
  const { client_secret: _none, ...fields } = baseFields(provider);
  const begun = await askProvider(provider.domain, "/oauth/device/code", fields);
  const { device_code: device, user_code: code, interval, expires_in: seconds } = begun.body;
  const address = begun.body.verification_uri_complete ?? begun.body.verification_uri;
  if (!begun.ok || typeof device !== "string" || typeof address !== "string") tokenOf({ ok: false, body: begun.body });
  show(String(address), String(code ?? ""));

  let pause = Math.max(1, typeof interval === "number" ? interval : 5) * 1_000;
  const end = Date.now() + (typeof seconds === "number" ? seconds : 600) * 1_000;
  while (Date.now() < end) {
    await setTimeout(pause, undefined, { ...(signal && { signal }) });
    const answer = await askProvider(provider.domain, "/oauth/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: String(device),
      client_id: provider.clientId,
    });
    if (answer.body.error === "authorization_pending") continue;
    if (answer.body.error === "slow_down") {
      pause += 5_000;
      continue;
    }
    return tokenOf(answer);
  }
  throw new NoetlError("auth", "LOGIN_EXPIRED", "nobody confirmed the login in time");
}
