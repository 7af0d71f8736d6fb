import { PLUGIN_API } from "@noetl/sdk/plugins";
import type { ScaffoldNames } from "./names.ts";

/** The files of a new plugin by path: one command, one tool, what both share, and their tests. */
export function scaffoldFiles(names: ScaffoldNames, sdkVersion: string): { [path: string]: string } {
  const { topic, kind } = names;
  return {
    "package.json": packageJson(names, sdkVersion),
    ".gitignore": "node_modules/\n",
    "README.md": readme(names),
    "src/greeting.js": `/** What the command and the tool have in common. */
export function greeting(name, language = "en") {
  const words = { en: "Hello", de: "Hallo", fr: "Bonjour" };
  return \`\${words[language]}, \${name}!\`;
}
`,
    "src/commands/hello.js": `import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { greeting } from "../greeting.js";

export default class Hello extends BaseCommand {
  static description = "Greets somebody.";
  static examples = ["<%= config.bin %> ${topic} hello Ada --language de"];
  static args = { name: Args.string({ required: true, ignoreStdin: true, description: "whom to greet" }) };
  static flags = {
    language: Flags.string({ options: ["en", "de", "fr"], default: "en", description: "language of the greeting" }),
  };

  async run() {
    const { args, flags } = await this.parse(Hello);
    const text = greeting(args.name, flags.language);
    this.show(text);
    return { name: args.name, greeting: text };
  }
}
`,
    "src/tools/greet.js": `import { defineTool, done, field } from "@noetl/sdk/tool";
import { greeting } from "../greeting.js";

export default defineTool({
  kind: "${kind}",
  summary: "greets somebody",
  config: () =>
    field.object({
      who: field.word("whom to greet"),
      language: field.choice(["en", "de", "fr"], "language of the greeting").optional(),
    }),
  required: [["who"]],
  positions: { who: "text" },
  effects: "none",
  resultSummary: "{greeting}",
  idempotent: true,
  run: (config) => done({ greeting: greeting(config.who, config.language) }),
});
`,
    "test/hello.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { runCommand } from "@noetl/sdk/plugin-testing";
import Hello from "../src/commands/hello.js";

test("greets in the language that was asked for", async () => {
  const { stdout, result } = await runCommand(Hello, ["Ada", "--language", "de"]);
  assert.equal(stdout, "Hallo, Ada!\\n");
  assert.deepEqual(result, { name: "Ada", greeting: "Hallo, Ada!" });
});

test("prints nothing for people when a document is asked for", async () => {
  const { stdout, result } = await runCommand(Hello, ["Ada", "--json"]);
  assert.equal(stdout, "");
  assert.equal(result.greeting, "Hello, Ada!");
});

test("refuses a language it does not know", async () => {
  await assert.rejects(runCommand(Hello, ["Ada", "--language", "xx"]), /language/);
});
`,
    "test/greet.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { testHost } from "@noetl/sdk/plugin-testing";
import greet from "../src/tools/greet.js";

const host = testHost();

test("greets", async () => {
  const outcome = await host.run(greet, { who: "Ada", language: "fr" });
  assert.equal(outcome.status, "ok");
  assert.deepEqual(outcome.data, { greeting: "Bonjour, Ada!" });
});

test("says which key is wrong", async () => {
  const { status, error } = await host.run(greet, { language: "en" });
  assert.equal(status, "error");
  assert.equal(error.kind, "configuration");
  assert.match(error.message, /'who' is missing/);
});
`,
    "examples/greet.yaml": `apiVersion: noetl.io/v2
kind: Playbook
metadata: { name: greet, path: ${topic}/greet }

workload: { who: Ada }

workflow:
  - step: greet
    tool: { kind: ${kind}, who: "{{ workload.who }}", language: en }
`,
  };
}

function packageJson(names: ScaffoldNames, sdkVersion: string): string {
  const content = {
    name: names.package,
    version: "0.1.0",
    description: "A plugin of NoETL: one command and one tool",
    license: "MIT",
    type: "module",
    keywords: ["noetl-plugin"],
    files: ["src"],
    scripts: { test: "node --test" },
    engines: { node: ">=22.15" },
    devDependencies: { "@noetl/sdk": `>=${sdkVersion}` },
    noetl: {
      api: PLUGIN_API,
      topics: { [names.topic]: `commands of ${names.package}` },
      commands: { [`${names.topic}:hello`]: { summary: "greet somebody", file: "./src/commands/hello.js" } },
      tools: { [names.kind]: { file: "./src/tools/greet.js" } },
      hooks: {},
    },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function readme({ package: name, topic, kind }: ScaffoldNames): string {
  return `# ${name}

A plugin of [NoETL](https://www.npmjs.com/package/@noetl/cli).

- \`noetl ${topic} hello NAME\` greets somebody.
- tool kind \`${kind}\` does so in a playbook, see [examples/greet.yaml](examples/greet.yaml).

\`\`\`sh
noetl plugins install ${name}
\`\`\`

## Working on it

\`\`\`sh
npm test                        # node --test
noetl plugins link .            # use it from here
noetl ${topic} hello Ada
noetl run examples/greet.yaml
\`\`\`
`;
}
