import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { testHost } from "../testing/call.ts";
import { authTool } from "./tool.ts";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "noetl-gcloud-"));
  const script = `#!/bin/sh
case "$*" in
  "auth application-default print-access-token --scopes=a,b --quiet") echo adc-token-ab ;;
  "auth application-default print-access-token --quiet") echo adc-token ;;
  "auth print-access-token --quiet") echo user-token ;;
  "config get-value project --quiet") echo proj ;;
  *) echo "unexpected: $*" >&2; exit 4 ;;
esac
`;
  await writeFile(join(folder, "gcloud"), script);
  await chmod(join(folder, "gcloud"), 0o755);
});
after(() => rm(folder, { recursive: true }));

const hostWith = (path: string) => testHost({ processEnv: { PATH: path } });

test("the token comes from the CLI, is a secret, and is bound to ctx.auth", async () => {
  const host = hostWith(`${folder}:/usr/bin:/bin`);
  const { data, ctx } = await host.run(authTool, {});
  assert.deepEqual(data, { token: "adc-token", provider: "adc", project: "proj" });
  assert.deepEqual(ctx, { auth: data });
  assert.deepEqual(host.secrets, ["adc-token"]);
  assert.deepEqual(host.output, [], "nothing of it is shown");
});

test("providers, scopes and project", async () => {
  const host = hostWith(`${folder}:/usr/bin:/bin`);
  assert.deepEqual((await host.run(authTool, { scopes: ["a", "b"], project: "mine" })).data, {
    token: "adc-token-ab",
    provider: "adc",
    project: "mine",
  });
  assert.deepEqual((await host.run(authTool, { provider: "GCP" })).data, {
    token: "user-token",
    provider: "gcp",
    project: "proj",
  });
  assert.deepEqual((await host.run(authTool, { provider: "token", token: "given" })).data, {
    token: "given",
    provider: "token",
    project: null,
  });
  assert.deepEqual(host.secrets, ["adc-token-ab", "user-token", "given"]);
});

test("failures say what is missing", async () => {
  const none = await hostWith("/no/such").run(authTool, {});
  assert.deepEqual([none.error?.kind, none.error?.code], ["configuration", "GCLOUD_NOT_FOUND"]);
  const refused = await hostWith(`${folder}:/usr/bin:/bin`).run(authTool, { scopes: "other" });
  assert.equal(refused.error?.kind, "auth");
  assert.match(refused.error?.message ?? "", /exit code 4: unexpected/);
  assert.equal((await hostWith("/").run(authTool, { provider: "token" })).error?.kind, "configuration");
  assert.match(
    (await hostWith("/").run(authTool, { provider: "aws" })).error?.message ?? "",
    /one of adc, gcp, google, token/,
  );
});
