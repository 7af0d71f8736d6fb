import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { completionScript } from "./scripts.ts";

const input = {
  commands: new Map([
    ["run", "run a playbook"],
    ["runs", "list runs"],
    ["credential get", "it's: shown"],
    ["credential list", "list them"],
  ]),
  flags: ["--help", "--json"],
};

const has = (shell: string) => spawnSync(shell, ["-c", "true"]).status === 0;

test("bash completes commands, words of a topic and flags", { skip: !has("bash") && "no bash here" }, () => {
  const script = completionScript("bash", input);
  const complete = (...words: string[]) => {
    const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _noetl; echo "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", `${script}\n${line}`], { encoding: "utf8" });
    assert.equal(stderr, "");
    return stdout.trim();
  };
  assert.equal(complete("noetl", "ru"), "run runs");
  assert.equal(complete("noetl", "credential", ""), "get list");
  assert.equal(complete("noetl", "--json", "credential", "l"), "list");
  assert.equal(complete("noetl", "run", "--j"), "--json");
});

for (const shell of ["zsh", "fish"] as const) {
  test(`${shell} accepts its script`, { skip: !has(shell) && `no ${shell} here` }, () => {
    const { stderr, status } = spawnSync(shell, ["-n"], { input: completionScript(shell, input), encoding: "utf8" });
    assert.equal(stderr, "");
    assert.equal(status, 0);
  });
}

test("summaries cannot break out of their quotes", () => {
  assert.doesNotMatch(completionScript("zsh", input), /it's/);
  assert.doesNotMatch(completionScript("fish", input), /it's/);
});
