import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { answeringServer, cli, type Routes, type Seen, temporaryFolder } from "@noetl/sdk/testing";
import { givenValue, maskedToken, tokenInUrl } from "./given-token.ts";
import { redirectUriFor } from "./pkce.ts";
import { providerUrl } from "./provider.ts";

const SESSION = "3f1c0aXXXXXXXXXXXXXXXX9b2e";
const GATEWAY: Routes = {
  "POST /api/auth/login": ({ body }) => {
    const { auth0_token: token } = body as { auth0_token: string };
    if (token !== "id-token") return [200, { status: "error", data: { error: "bad_token", message: "token refused" } }];
    const user = { email: "ann@example.org" };
    return [200, { status: "authenticated", session_token: SESSION, user, expires_at: "2999-01-01T00:00:00Z" }];
  },
};

/** A home with the context `prod` for a gateway and an identity provider on this machine. */
async function setUp(t: Parameters<typeof temporaryFolder>[0], provider: Routes = {}) {
  const home = await temporaryFolder(t);
  const gateway = await answeringServer(t, GATEWAY);
  const idp = await answeringServer(t, provider);
  const fields = ["--auth0-domain", idp.url, "--auth0-client-id", "client"];
  await cli(["context", "add", "prod", "--server-url", gateway.url, "--gateway", ...fields], { home });
  const config = () => readFile(join(home, "data/config.yaml"), "utf8");
  return { home, gateway, idp, config };
}

test("a token is taken from a callback URL, an e-mail is one", () => {
  assert.equal(tokenInUrl("http://x/cb?code=1#access_token=a&id_token=i"), "i");
  assert.equal(tokenInUrl("http://x/cb?access_token=a"), "a");
  assert.equal(tokenInUrl("http://x/cb"), undefined);
  assert.deepEqual(givenValue("ann@example.org"), { kind: "email", email: "ann@example.org" });
  assert.deepEqual(givenValue("a.b.c"), { kind: "token", token: "a.b.c" });
  assert.equal(maskedToken(SESSION), "3f1c0a…9b2e");
  assert.equal(maskedToken("short"), "***");
});

test("the redirect address is on this machine, the provider is asked over https", () => {
  assert.equal(redirectUriFor(undefined, "https://app.example.org/login", 8765), "http://127.0.0.1:8765/callback");
  assert.equal(redirectUriFor(undefined, "http://localhost:9/cb", 8765), "http://localhost:9/cb");
  assert.throws(() => redirectUriFor("https://app.example.org", undefined, 1), /on this machine/);
  assert.equal(providerUrl("acme.auth0.com", "/x").href, "https://acme.auth0.com/x");
  assert.throws(() => providerUrl("http://acme.auth0.com", "/x"), /no domain/);
});

test("cli.md §8 #26: a login keeps the session in the context and prints it shortened", async (t) => {
  const { home, gateway, config } = await setUp(t);
  const { stdout, stderr, code } = await cli(["auth", "login", "--auth0-token", "id-token"], { home });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /as ann@example\.org\n {2}Session {2}3f1c0a…9b2e, until 2999/);
  assert.equal((stdout + stderr).includes(SESSION), false);
  assert.match(await config(), new RegExp(`gateway_session_token: ${SESSION}`));
  // Never through the gateway's prefix.
  assert.equal(gateway.seen[0]?.path, "/api/auth/login");
  const status = await cli(["auth", "status"], { home });
  assert.match(status.stdout, /3f1c0a…9b2e from context, until 2999/);
  const printed = await cli(["auth", "login", "--auth0-token", "id-token", "--no-save", "--print-token", "--json"], {
    home,
  });
  assert.equal((JSON.parse(printed.stdout) as { session_token: string }).session_token, SESSION);
});

test("a refused token exits 77 and keeps nothing; logout forgets", async (t) => {
  const { home, config } = await setUp(t);
  const refused = await cli(["auth", "login", "--auth0-token", "other"], { home });
  assert.equal(refused.code, 77);
  assert.match(refused.stderr, /token refused/);
  assert.equal((await cli(["auth", "status"], { home })).code, 77);
  await cli(["auth", "login", "--auth0-callback-url", "http://x/#id_token=id-token"], { home });
  assert.match((await cli(["auth", "logout"], { home })).stdout, /logged out of prod/);
  assert.doesNotMatch(await config(), /session/);
  assert.equal((await cli(["auth", "logout", "--context", "nix"], { home })).code, 3);
});

test("cli.md §8 #36: the device login tells its code on stderr, with --json too", async (t) => {
  let asked = 0;
  const { home, idp } = await setUp(t, {
    "POST /oauth/device/code": [
      200,
      {
        device_code: "dev",
        user_code: "ABCD",
        verification_uri: "https://idp/activate",
        interval: 0.01,
        expires_in: 60,
      },
    ],
    "POST /oauth/token": () =>
      ++asked < 2 ? [403, { error: "authorization_pending" }] : [200, { id_token: "id-token" }],
  });
  const { stdout, stderr, code } = await cli(["auth", "login", "--browser", "--no-browser-open", "--json"], { home });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /https:\/\/idp\/activate\nCode: ABCD/);
  assert.equal((JSON.parse(stdout) as { saved_context: string }).saved_context, "prod");
  assert.match(String(idp.seen.at(-1)?.body), /device_code=dev/);
});

test("cli.md §8 #36: a browser on this machine comes back with a code, once and for this login only", async (t) => {
  const { home, idp } = await setUp(t, { "POST /oauth/token": [200, { id_token: "id-token", access_token: "a" }] });
  const port = await freePort();
  const browsed: Promise<number>[] = [];
  const visit = async (address: string) => {
    const asked = new URL(address);
    const back = new URL(asked.searchParams.get("redirect_uri") ?? "");
    assert.equal((await fetch(back, { method: "POST" })).status, 405);
    assert.equal((await fetch(new URL("/other", back))).status, 404);
    back.searchParams.set("code", "c0de");
    back.searchParams.set("state", asked.searchParams.get("state") ?? "");
    return (await fetch(back)).status;
  };
  const { code, stderr } = await cli(["auth", "login", "--pkce", "--no-browser-open", "--pkce-port", String(port)], {
    home,
    during: (child) =>
      child.stderr?.on("data", (text) => {
        const address = /http\S+\/authorize\S+/.exec(String(text))?.[0];
        if (address) browsed.push(visit(address));
      }),
  });
  assert.equal(code, 0, stderr);
  assert.deepEqual(await Promise.all(browsed), [200]);
  const sent = new URLSearchParams(String((idp.seen[0] as Seen).body));
  assert.equal(sent.get("code"), "c0de");
  const address = new URL(/http\S+\/authorize\S+/.exec(stderr)?.[0] ?? "");
  const challenge = createHash("sha256")
    .update(sent.get("code_verifier") ?? "")
    .digest("base64url");
  assert.equal(address.searchParams.get("code_challenge"), challenge);
});

test("the answer to another login is refused", async (t) => {
  const { home } = await setUp(t);
  const port = await freePort();
  const { code, stderr } = await cli(["auth", "login", "--pkce", "--no-browser-open", "--pkce-port", String(port)], {
    home,
    during: (child) =>
      child.stderr?.on("data", (text) => {
        if (/authorize/.test(String(text))) void fetch(`http://127.0.0.1:${port}/callback?code=x&state=other`);
      }),
  });
  assert.equal(code, 77);
  assert.match(stderr, /belongs to another login/);
});

test("what is missing is named; a password is not asked where nobody can type", async (t) => {
  const home = await temporaryFolder(t);
  const unknown = await cli(["auth", "login"], { home });
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /domain of the identity provider is not known[\s\S]*context update/);
  const given = await setUp(t);
  const { code, stderr } = await cli(["auth", "login", "--auth0", "ann@example.org", "--password"], {
    home: given.home,
  });
  assert.equal(code, 2);
  assert.match(stderr, /without a terminal/);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
