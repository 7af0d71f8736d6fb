import assert from "node:assert/strict";
import { test } from "node:test";
import { takeBuiltins, withRequire } from "./builtins.ts";
import { importsOf, importText } from "./imports.ts";
import { joinChunks, loadedWith } from "./join.ts";
import { smallChunks } from "./small.ts";

test("imports are found in every form that esbuild prints, and nowhere in texts", () => {
  const code =
    'import{a as b,c}from"./x.js";import"./y.js";import d from"node:fs";import*as e from"node:os";import f,{g as h}from"z";var s=`import {q} from "./no.js";`;';
  const found = importsOf(code);
  assert.deepEqual(
    found.map(({ from }) => from),
    ["./x.js", "./y.js", "node:fs", "node:os", "z"],
  );
  assert.deepEqual(found[0]?.names, [
    ["a", "b"],
    ["c", "c"],
  ]);
  assert.deepEqual([found[2]?.asDefault, found[3]?.asAll, found[4]?.asDefault], ["d", "e", "f"]);
  assert.deepEqual(
    found.flatMap((one) => importsOf(importText(one))).map(({ names }) => names.length),
    [2, 0, 0, 0, 1],
  );
});

test("built-in modules are taken, heavy ones when they are used", async () => {
  const code = takeBuiltins(
    'import{join as a,sep}from"node:path";import b from"node:process";import*as c from"node:http";import{createHash as d,KeyObject}from"node:crypto";import"./x.js";export{a,sep,b,c,d,KeyObject};',
  );
  assert.doesNotMatch(code, /from"node:/);
  assert.match(code, /import"\.\/x\.js";/);
  const module = (await import(
    `data:text/javascript,${encodeURIComponent(code.replace('import"./x.js";', ""))}`
  )) as Record<string, unknown> & { a(...words: string[]): string; d(name: string): { digest(form: string): string } };
  assert.equal(module.a("x", "y"), `x${module.sep}y`);
  assert.equal(module.b, process);
  assert.equal(typeof (module.c as { request?: unknown }).request, "function");
  assert.equal(module.d("sha256").digest("hex").slice(0, 8), "e3b0c442");
  assert.equal(typeof module.KeyObject, "function");
});

test("require is there for what calls it", () => {
  assert.match(withRequire('require("x")'), /^const require=/);
  assert.equal(withRequire("var required=1"), "var required=1");
});

test("chunks that are loaded together become one, and the others find what they had", async () => {
  const chunks = new Map([
    ["/o/main.js", 'import{a as x}from"./chunks/one-A.js";const y=()=>import("./chunks/two-B.js");export{x,y};'],
    ["/o/chunks/one-A.js", 'import{a as t}from"./chunk-C.js";var o=t+1;export{o as a};'],
    ["/o/chunks/two-B.js", 'import{a as t}from"./chunk-C.js";var w=t+2;export{w as default};'],
    ["/o/chunks/chunk-C.js", "var t=40;export{t as a};"],
    ["/o/chunks/three-D.js", 'import{a as n}from"./chunk-C.js";export{n as b};'],
  ]);
  assert.deepEqual(loadedWith(chunks, ["/o/main.js"]).size, 3);
  assert.deepEqual([...smallChunks(chunks, new Set())], ["/o/chunks/chunk-C.js"]);
  const members = loadedWith(chunks, ["/o/chunks/one-A.js", "/o/chunks/two-B.js"]);
  const joined = await joinChunks(chunks, members, "both");
  const names = [...joined.keys()].map((path) => path.replace(/-[0-9a-f]{8}/, "")).sort();
  // What is imported later keeps its name.
  assert.deepEqual(names, ["/o/chunks/both.js", "/o/chunks/three-D.js", "/o/chunks/two-B.js", "/o/main.js"]);
  assert.match(joined.get("/o/main.js") ?? "", /^import \{_\da as x\} from"\.\/chunks\/both-[0-9a-f]{8}\.js";/);
  assert.match(joined.get("/o/chunks/two-B.js") ?? "", /_\ddefault as default/);
});
