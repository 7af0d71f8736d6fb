import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { cli, temporaryFolder } from "@noetl/sdk/testing";
import { doLine } from "./console.ts";
import { readHistory, writeHistory } from "./history.ts";
import { wordsOf } from "./words.ts";

test("a line is divided as a shell divides it", () => {
  assert.deepEqual(wordsOf(`run "my flow.yaml" --set 'q=a "b" \\' a\\ b "" x"y"z`), [
    ...["run", "my flow.yaml", "--set", 'q=a "b" \\', "a b", "", "xyz"],
  ]);
  assert.throws(() => wordsOf("query 'select"), /no second '/);
});

test("cli.md §8 #39: neither a wrong line nor a failing command leaves the console, and its flags go with each", async () => {
  const ran: string[][] = [];
  const said: string[] = [];
  const ports = {
    globals: ["--context", "prod"],
    run: async (argv: readonly string[]) => {
      ran.push([...argv]);
      return argv.includes("bad") ? 5 : 0;
    },
    where: async () => Promise.reject(new Error("config.yaml is broken")),
    show: (text: string) => void said.push(text),
    note: (text: string) => void said.push(text),
  };
  const codes = [];
  for (const line of ["", "status 'x", "noetl status 5", "run bad", "where", "console", "quit now", "exit"]) {
    codes.push(await doLine(line, ports));
  }
  assert.deepEqual(codes, [0, 2, 0, 5, 0, 2, 0, "leave"]);
  assert.deepEqual(ran[0], ["--context", "prod", "status", "5"]);
  assert.deepEqual(said.slice(1, 3), ["exit code 5", "config.yaml is broken"]);
});

test("cli.md §8 #39: the end of the input ends the console, with the code of what failed", async (t) => {
  const home = await temporaryFolder(t);
  const { code, stdout, stderr } = await cli(["console", "--host", "127.0.0.1"], {
    home,
    input: "where\ncontext use nowhere\n\nruns\n",
  });
  assert.equal(code, 3);
  assert.match(stdout, /^Context +-\nServer +http:\/\/127\.0\.0\.1:8082[\s\S]+\n0 runs\n$/);
  assert.match(stderr, /there is no context 'nowhere'[\s\S]+exit code 3/);
  assert.equal((await cli(["console", "--json"], { home })).code, 2);
});

test("cli.md §8 #39: the history is kept, without what is secret and for the owner alone", async (t) => {
  const file = join(await temporaryFolder(t), "state", "history");
  assert.deepEqual(await readHistory(file), []);
  await writeHistory(file, ["runs", "auth login --auth0-token geheim", "status"]);
  assert.deepEqual(await readHistory(file), ["runs", "status"]);
  assert.equal(await readFile(file, "utf8"), "status\nruns\n");
  if (process.platform !== "win32") assert.equal((await stat(file)).mode & 0o777, 0o600);
});
