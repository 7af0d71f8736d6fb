import assert from "node:assert/strict";
import { test } from "node:test";
import { whyFailed, whyNotInstalled } from "./reason.ts";

test("npm's own code is the reason, and nothing of what it prints around it", () => {
  const said =
    "Command failed: npm install --no-audit\nnpm error code E404\nnpm error 404 Not Found - GET http://host/x";
  assert.equal(whyNotInstalled(new Error(said)), "npm cannot install it (E404)");
});

test("a program that failed is known by the line that names its error, without paths", () => {
  const said =
    "/opt/node peer.ts ended with 1: /opt/a/b.js:3\n  throw x;\n\nTypeError: no /home/me/x.js here\n    at f";
  assert.equal(whyFailed(new Error(said)), "TypeError: no … here");
  assert.equal(whyFailed(new Error("it stopped\nand more")), "it stopped");
  assert.equal(whyFailed("x".repeat(500)).length, 160);
});
