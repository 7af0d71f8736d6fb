import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface TestPlugin {
  name: string;
  manifest: object;
  /** path → text */
  files?: { [path: string]: string };
}

/** Writes a plugin below `parent` and gives its folder. */
export async function writePlugin(parent: string, { name, manifest, files = {} }: TestPlugin): Promise<string> {
  const folder = join(parent, name);
  const content = { name, version: "1.0.0", type: "module", files: ["."], noetl: { api: 1, ...manifest } };
  await writeText(join(folder, "package.json"), JSON.stringify(content));
  for (const [path, text] of Object.entries(files)) await writeText(join(folder, path), text);
  return folder;
}

export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** A command that shows a text. */
export function sayCommand(text: string): string {
  return `import { BaseCommand } from "@noetl/sdk";
export default class Say extends BaseCommand {
  async run() { await this.parse(Say); this.show(${JSON.stringify(text)}); return { said: ${JSON.stringify(text)} }; }
}
`;
}

/** A tool that gives back its key \`say\`. */
export function echoTool(kind: string, more = ""): string {
  return `import { defineTool, done, field } from "@noetl/sdk/tool";
${more}
export default defineTool({
  kind: ${JSON.stringify(kind)},
  summary: "gives back what it gets",
  config: () => field.object({ say: field.word("what to give back") }),
  required: [["say"]],
  effects: "none",
  run: (config) => done({ said: config.say }),
});
`;
}

export function playbookWith(kind: string, say = "{{ workload.word }}"): string {
  return `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: echo, path: test/echo }
workload: { word: hi }
workflow:
  - step: echo
    tool: { kind: ${kind}, say: "${say}" }
`;
}
