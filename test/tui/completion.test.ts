import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { answeringServer, PROGRAM } from "@noetl/sdk/testing";
import { temporaryFolder, tmuxOrSkip } from "./noetl-tui.ts";
import { openTerminal, which } from "./tmux.ts";

const SHELLS = {
  bash: { rc: ".bashrc", setUp: "PS1='$ '", start: "bash --rcfile $HOME/.bashrc" },
  zsh: { rc: ".zshrc", setUp: "PS1='$ '", start: "zsh -o NO_GLOBAL_RCS" },
  fish: { rc: "config.fish", setUp: "", start: "fish --no-config -C 'source $HOME/config.fish'" },
} as const;

const RUN = "478775660589088776";
const SERVER = {
  "POST /api/catalog/list": [200, { entries: [{ path: "demo/orders", kind: "Playbook", version: 3 }] }],
  "GET /api/executions": [200, { items: [{ execution_id: RUN, status: "RUNNING" }] }],
} as const;

/** A shell in which `noetl` is on the path and completes; `complete` types a line and TAB, and waits for that line. */
async function openShell(t: TestContext, shell: keyof typeof SHELLS, tmux: string) {
  const { url } = await answeringServer(t, SERVER);
  const home = await temporaryFolder(t);
  await mkdir(join(home, "flows/deep"), { recursive: true });
  await mkdir(join(home, "data"));
  await writeFile(join(home, "flows/etl.yaml"), "workflow:\n  - step: load\n");
  await writeFile(join(home, "note.txt"), "");
  const contexts = { prod: { server_url: url }, other: { server_url: "http://127.0.0.1:9" } };
  await writeFile(join(home, "data/config.yaml"), JSON.stringify({ current_context: "other", contexts }));
  await mkdir(join(home, "bin"));
  const program = join(home, "bin/noetl");
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" "$@"\n`);
  await chmod(program, 0o755);
  const env = { HOME: home, NOETL_HOME: join(home, "data"), ZDOTDIR: home };
  const script = execFileSync(program, ["completion", shell], { encoding: "utf8", env: { ...process.env, ...env } });
  const { rc, setUp, start } = SHELLS[shell];
  await writeFile(join(home, rc), `${setUp}\n${script}\necho ready\n`);
  const command = `PATH='${join(home, "bin")}':$PATH; export PATH; exec ${start}`;
  const terminal = await openTerminal(t, tmux, { columns: 100, rows: 30, command, cwd: home, env });
  await terminal.until(/ready/);
  const complete = async (line: string, whole: string | RegExp) => {
    await terminal.press("C-c", "C-l");
    await terminal.type(line);
    await terminal.press("Tab");
    const wanted = typeof whole === "string" ? RegExp(`${whole.replaceAll(/[.*+?$]/g, "\\$&")}(?!\\S)`) : whole;
    return (await terminal.until(wanted)).join("\n");
  };
  return { complete, terminal };
}

describe("TAB in real shells", { concurrency: 2 }, () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    test(`${shell} completes commands, flags, files, steps, contexts, paths and ids`, async (t) => {
      const tmux = tmuxOrSkip(t);
      if (tmux === undefined) return;
      if (which(shell) === undefined) {
        const missing = `NO ${shell}: its completion was not tried (install ${shell})`;
        process.stderr.write(`${missing}\n`);
        return t.skip(missing);
      }
      const { complete, terminal } = await openShell(t, shell, tmux);
      await complete("noetl valid", "noetl validate");
      await complete("noetl context us", "noetl context use");
      await complete("noetl run --seq", "noetl run --sequential");
      await complete("noetl context use pr", "noetl context use prod");
      await complete("noetl status --context=pr", "noetl status --context=prod");
      await complete("noetl run flows/e", "noetl run flows/etl.yaml");
      await complete("noetl run flows/etl.yaml lo", "noetl run flows/etl.yaml load");
      await complete("noetl run --input no", "noetl run --input note.txt");
      await complete("noetl run --input=no", "--input=note.txt");
      await complete("noetl execute playbook --context prod de", "demo/orders");
      await complete("noetl status --context prod 47", `noetl status --context prod ${RUN}`);
      await complete("noetl status --context=prod 47", `noetl status --context=prod ${RUN}`);
      // What can be typed on is not closed with a blank, and a list does not double the slash of a folder.
      await terminal.press("C-c", "C-l");
      await terminal.type("noetl run flow");
      await terminal.press("Tab");
      await terminal.until(/noetl run flows\//);
      await terminal.type("et");
      await terminal.press("Tab");
      const seen = (await terminal.until(/noetl run flows\/etl\.yaml/)).join("\n");
      assert.doesNotMatch(seen, /flows\/\//);
    });
  }
});
