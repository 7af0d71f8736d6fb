import assert from "node:assert/strict";
import { test } from "node:test";
import { platformPackage } from "./pack/platform-package.ts";
import { PLATFORMS, packageName, platformHere } from "./platforms.ts";

test("every platform has a package that npm installs on it alone", () => {
  const keys = PLATFORMS.map(({ os, cpu, libc }) => `${os} ${cpu} ${libc ?? ""}`);
  assert.equal(new Set(keys).size, PLATFORMS.length);
  for (const platform of PLATFORMS) {
    const content = platformPackage(platform, "1.0.0");
    assert.deepEqual([content.os, content.cpu], [[platform.os], [platform.cpu]]);
    assert.deepEqual(content.libc, platform.os === "linux" ? [platform.libc] : undefined);
    assert.equal(content.name, packageName(platform));
    assert.equal(content.scripts, undefined);
  }
});

test("names are what the shim asks for: system, processor, musl", () => {
  for (const { name, os, cpu, libc } of PLATFORMS) assert.equal(name, `${os}-${cpu}${libc === "musl" ? "-musl" : ""}`);
  const here = platformHere();
  if (here) assert.ok(here.name.startsWith(`${process.platform}-${process.arch}`));
});
