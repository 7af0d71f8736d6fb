import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeAssets } from "./assets.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("archives, Debian packages, a formula and their checksums", {
  skip: !hasDpkg() && "no dpkg-deb here",
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "noetl-assets-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const binaries = join(folder, "binaries");
  for (const name of ["linux-x64", "darwin-arm64", "linux-x64-musl"]) {
    await mkdir(join(binaries, name), { recursive: true });
    await writeFile(join(binaries, name, "noetl"), `#!/bin/sh\necho ${name}\n`);
  }
  const out = join(folder, "out");
  const files = await makeAssets({ root, binaries, version: "1.2.0-rc.1", out });
  assert.deepEqual(files, [
    "noetl-1.2.0-rc.1-darwin-arm64.tar.gz",
    "noetl-1.2.0-rc.1-linux-x64-musl.tar.gz",
    "noetl-1.2.0-rc.1-linux-x64.tar.gz",
    "noetl.rb",
    "noetl_1.2.0~rc.1_amd64.deb",
    "SHA256SUMS",
  ]);
  execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: out, stdio: "pipe" });
  const listed = execFileSync("dpkg-deb", ["--contents", "noetl_1.2.0~rc.1_amd64.deb"], { cwd: out, encoding: "utf8" });
  assert.match(listed, /-rwxr-xr-x root\/root .* \.\/usr\/bin\/noetl\n/);
  const formula = await readFile(join(out, "noetl.rb"), "utf8");
  assert.match(
    formula,
    /on_macos do\n {4}on_arm do\n {6}url ".*v1\.2\.0-rc\.1\/noetl-1\.2\.0-rc\.1-darwin-arm64\.tar\.gz"/,
  );
  assert.doesNotMatch(formula, /musl/);
  execFileSync("tar", ["-xzf", "noetl-1.2.0-rc.1-linux-x64.tar.gz", "-C", folder], { cwd: out });
  assert.equal(execFileSync(join(folder, "noetl"), { encoding: "utf8" }), "linux-x64\n");
});

function hasDpkg(): boolean {
  try {
    execFileSync("dpkg-deb", ["--version"], { stdio: "ignore" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
