import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "@noetl/core";
import { catalog } from "./catalog.ts";
import type { RequestOptions } from "./request.ts";

/** A catalog whose requests are answered here. */
function asking(answer: (path: string, body: Record<string, Json>) => Json) {
  const asked: { path: string; body: Record<string, Json> }[] = [];
  const request = async (path: string, options: RequestOptions = {}) => {
    const body = (options.body ?? {}) as Record<string, Json>;
    asked.push({ path, body });
    return answer(path, body);
  };
  return { catalog: catalog(request), asked };
}

test("cli.md §8 #6: kinds are found in whichever case they are stored", async () => {
  const stored = (word: string) =>
    asking((_path, { resource_type: asked }) => ({
      entries: asked === word ? [{ path: "a", kind: word, version: 1 }] : [],
    }));
  for (const word of ["playbook", "Playbook"]) {
    const { catalog } = stored(word);
    assert.deepEqual(
      (await catalog.list({ kind: "PLAYBOOK" })).map(({ kind }) => kind),
      ["playbook"],
    );
  }
});

test("a text that could be base64 arrives as it is", async () => {
  const { catalog, asked } = asking(() => ({ path: "a", version: 2, catalog_id: 5 }));
  await catalog.register("abcd");
  assert.equal(Buffer.from(String(asked[0]?.body.content), "base64").toString(), "abcd");
  assert.equal(asked[0]?.body.resource_type, "Playbook");
});

test("a version that was asked for is sent", async () => {
  const { catalog, asked } = asking(() => ({ path: "a" }));
  await catalog.get({ path: "a", version: 3 });
  await catalog.get({ path: "a" });
  await catalog.get({ catalog_id: "9" });
  assert.deepEqual(
    asked.map(({ body }) => body),
    [{ path: "a", version: 3 }, { path: "a", version: "latest" }, { catalog_id: "9" }],
  );
});
