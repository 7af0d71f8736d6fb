import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { BaseCommand } from "@noetl/sdk";
import { Ajv2020 } from "ajv/dist/2020.js";
import { aliases, commands, topics } from "./commands.ts";

test("every command of the registry loads and extends the base command", async () => {
  for (const [id, entry] of Object.entries(commands)) {
    if (id === "help") continue;
    const command = await entry.load();
    assert.ok(command.prototype instanceof BaseCommand, id);
    assert.match(entry.summary, /^[a-z].*[^.]$/, id);
  }
});

test("no argument waits for stdin by itself", async () => {
  for (const [id, entry] of Object.entries(commands)) {
    if (id === "help") continue;
    for (const [name, arg] of Object.entries((await entry.load()).args ?? {}))
      assert.equal(arg.ignoreStdin, true, `${id} ${name}`);
  }
});

test("no flag of a command hides a global one; it may say more about one", async () => {
  const globals = new Map(Object.entries(BaseCommand.baseFlags).map(([name, flag]) => [name, flag]));
  const chars = [...globals.values()].map(({ char }) => char).filter((char) => char !== undefined);
  for (const [id, entry] of Object.entries(commands)) {
    if (id === "help") continue;
    const { flags = {} } = await entry.load();
    for (const [name, { char, type }] of Object.entries(flags)) {
      const global = globals.get(name);
      if (global) assert.deepEqual([char, type], [global.char, global.type], `${id} --${name}`);
      else assert.ok(!char || !chars.includes(char), `${id} -${char}`);
    }
  }
});

test("aliases lead somewhere and every topic has commands", () => {
  for (const target of Object.values(aliases)) assert.ok(commands[target], target);
  for (const topic of Object.keys(topics))
    assert.ok(
      Object.keys(commands).some((id) => id.startsWith(`${topic}:`)),
      topic,
    );
  for (const id of Object.keys(commands)) {
    const [topic = ""] = id.split(":");
    if (topic !== id) assert.ok(topics[topic], `topic ${topic} has no description`);
  }
});

test("cli.md §8 #31: every command has a JSON Schema for what it prints with --json", async () => {
  const folder = new URL("../schemas/", import.meta.url);
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  for (const id of [...Object.keys(commands), "error"]) {
    if (id === "help") continue;
    const name = id.replaceAll(":", ".");
    const schema = JSON.parse(await readFile(new URL(`${name}.json`, folder), "utf8")) as { $id: string };
    assert.equal(schema.$id, `noetl.${name}/1`);
    ajv.compile(schema);
  }
});

test("a list names the key of its rows, and its schema knows that key", async () => {
  for (const [id, entry] of Object.entries(commands)) {
    if (id === "help") continue;
    const { rows } = (await entry.load()) as unknown as typeof BaseCommand;
    if (rows === undefined) continue;
    const file = new URL(`../schemas/${id.replaceAll(":", ".")}.json`, import.meta.url);
    const { properties } = JSON.parse(await readFile(file, "utf8")) as { properties: Record<string, { type: string }> };
    assert.equal(properties[rows]?.type, "array", id);
  }
});
