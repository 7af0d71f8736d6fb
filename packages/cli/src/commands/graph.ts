import { graphOf, toAscii, toDot, toMermaid } from "@noetl/playbook";
import { Args, BaseCommand, Flags } from "@noetl/sdk";
import { loadValid } from "../playbooks/load-valid.ts";

const DRAW = { ascii: toAscii, mermaid: toMermaid, dot: toDot } as const;
const FORMS = ["ascii", "mermaid", "dot"] as const;

export default class Graph extends BaseCommand {
  static override description = "Draws the steps of a playbook and the arcs between them.";
  static override examples = [
    "<%= config.bin %> graph flow.yaml",
    "<%= config.bin %> graph flow.yaml --format dot | dot -Tsvg",
  ];
  static override args = {
    file: Args.string({ required: true, ignoreStdin: true, description: "playbook file; - is stdin" }),
  };
  static override flags = {
    format: Flags.option({ options: FORMS })({
      char: "f",
      default: "ascii" as const,
      description: "form of the drawing",
    }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Graph);
    this.showInPages();
    const { playbook } = await loadValid(args.file, this.env);
    const graph = graphOf(playbook);
    this.show(DRAW[flags.format](graph));
    return graph;
  }
}
