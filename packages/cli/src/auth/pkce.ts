import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { NoetlError } from "@noetl/core";
import { askProvider, baseFields, type Provider, providerUrl, tokenOf } from "./provider.ts";

const WAIT_MS = 300_000;

export interface PkceFlow {
  /** where the browser is sent back to; on this machine, with a port */
  redirectUri: string;
  loginHint?: string | undefined;
  /** shown to the person, and opened */
  show(address: string): void;
  signal?: AbortSignal;
}

/** Redirect address: the flag, else the context's when it is on this machine, else the port's (cli.md §4.9.1). */
export function redirectUriFor(flag: string | undefined, context: string | undefined, port: number): string {
  if (flag !== undefined) {
    if (isLocal(flag)) return flag;
    throw new NoetlError(
      "validation",
      "E_REDIRECT",
      `--auth0-redirect-uri ${flag} must be on this machine, with a port`,
      {
        hint: "for example http://127.0.0.1:8765/callback",
      },
    );
  }
  return context !== undefined && isLocal(context) ? context : `http://127.0.0.1:${port}/callback`;
}

function isLocal(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return ["localhost", "127.0.0.1"].includes(url.hostname) && url.port !== "";
}

/** Login in a browser on this machine. Meanings: `auth` refused, `timeout` nobody came back. */
export async function pkceToken(provider: Provider, flow: PkceFlow): Promise<string> {
  const verifier = randomBytes(64).toString("base64url");
  const state = randomBytes(24).toString("base64url");
  const address = providerUrl(provider.domain, "/authorize");
  const { client_secret: _none, ...fields } = baseFields(provider);
  const query = {
    ...fields,
    response_type: "code",
    redirect_uri: flow.redirectUri,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state,
    login_hint: flow.loginHint,
  };
  for (const [name, value] of Object.entries(query)) if (value !== undefined) address.searchParams.set(name, value);

  const code = await callbackCode(flow, state, () => flow.show(address.href));
  return tokenOf(
    await askProvider(provider.domain, "/oauth/token", {
      grant_type: "authorization_code",
      client_id: provider.clientId,
      client_secret: provider.clientSecret,
      code,
      code_verifier: verifier,
      redirect_uri: flow.redirectUri,
    }),
  );
}

function callbackCode({ redirectUri, signal }: PkceFlow, state: string, ready: () => void): Promise<string> {
  const target = new URL(redirectUri);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    const asked = new URL(request.url ?? "/", target);
    if (request.method !== "GET") return void response.writeHead(405).end();
    if (asked.pathname !== target.pathname) return void response.writeHead(404).end();
    const code = asked.searchParams.get("code");
    const refusal = asked.searchParams.get("error_description") ?? asked.searchParams.get("error");
    const why =
      refusal ?? (asked.searchParams.get("state") !== state ? "the answer belongs to another login" : undefined);
    const good = why === undefined && code !== null;
    response
      .writeHead(good ? 200 : 400, { "content-type": "text/plain; charset=utf-8", connection: "close" })
      .end(good ? "You are logged in. This window can be closed.\n" : "The login failed. The terminal says why.\n");
    if (good) resolve(code);
    else reject(new NoetlError("auth", "LOGIN_REFUSED", `the login was refused: ${why ?? "no code came back"}`));
  };
  const server = createServer(handle);
  server.once("error", (error) =>
    reject(
      new NoetlError("conflict", "PORT_IN_USE", `cannot listen on port ${target.port}: ${error.message}`, {
        hint: "--pkce-port takes another one; it has to be allowed at the identity provider",
      }),
    ),
  );
  const timer = setTimeout(() => {
    const hint = `is ${redirectUri} among the allowed callback URLs of the client at the identity provider?`;
    reject(new NoetlError("timeout", "LOGIN_EXPIRED", "the browser did not come back in time", { hint }));
  }, WAIT_MS);
  signal?.addEventListener("abort", () =>
    reject(new NoetlError("cancelled", "CANCELLED", "the login was interrupted")),
  );
  server.listen(Number(target.port), "127.0.0.1", ready);
  return promise.finally(() => {
    clearTimeout(timer);
    server.close();
    server.closeIdleConnections();
  });
}
