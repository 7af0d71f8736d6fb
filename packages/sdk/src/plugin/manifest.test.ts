import assert from "node:assert/strict";
import { test } from "node:test";
import { isNoetlError } from "@noetl/core";
import { readManifest } from "./manifest.ts";

const problemsOf = (value: unknown): string => {
  try {
    readManifest(value, "acme");
    return "";
  } catch (error) {
    assert.ok(isNoetlError(error) && error.meaning === "validation");
    return `${error.code} ${error.message}`;
  }
};

test("a manifest with every section is read as it is", () => {
  const manifest = {
    api: 1,
    commands: { "acme:hello": { summary: "say hello", file: "./src/hello.js" } },
    topics: { acme: "things of Acme" },
    tools: { acme_greet: { file: "./src/greet.js" } },
    hooks: { "run.finished": "./src/tell.js" },
  };
  assert.deepEqual(readManifest(manifest, "acme"), manifest);
});

test("everything that is wrong is said at once", () => {
  const told = problemsOf({
    api: 1,
    comands: {},
    commands: { "Acme Hello": { summary: "two\nlines", file: "/etc/passwd" } },
    tools: { acme: { file: "./../outside.js" } },
    hooks: { "run.ended": "./x.js" },
  });
  for (const part of [
    "'comands' is not known, did you mean 'commands'?",
    "command 'Acme Hello': words",
    "command 'Acme Hello' needs a summary of one line",
    "command 'Acme Hello' needs a file inside the plugin",
    "tool 'acme' needs a file inside the plugin",
    "hook 'run.ended' is not known; there are init",
  ]) {
    assert.ok(told.includes(part), `${part}\n${told}`);
  }
});

test("a plugin of another interface is told apart from a broken one", () => {
  assert.match(problemsOf({ api: 2 }), /^PLUGIN_API .*interface 2, this program has 1/);
  assert.match(problemsOf(undefined), /^PLUGIN_MANIFEST .*no section 'noetl'/);
});
