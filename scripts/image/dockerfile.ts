/** What a stage of a Dockerfile says, as far as a file tree can show it. */
export interface Stage {
  name: string;
  base: string;
  env: Record<string, string>;
  copies: { from: string; sources: string[]; target: string; chown?: string; chmod?: string }[];
  user: string;
  workdir: string;
  entrypoint: string[];
  cmd: string[];
  healthcheck: string[];
  run: string[];
}

/** Reads the instructions that our Dockerfile uses; throws on any other. */
export function readDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  for (const [word, rest] of instructions(text)) {
    if (word === "FROM") stages.push(stageOf(rest, stages));
    else instruct(stages.at(-1), word, rest);
  }
  return stages;
}

function instructions(text: string): [string, string][] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  const joined = lines.join("\n").replace(/\\\n\s*/g, " ");
  return joined
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const [word = ""] = line.split(/\s/, 1);
      return [word, line.slice(word.length).trim()];
    });
}

function stageOf(rest: string, before: readonly Stage[]): Stage {
  const words = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
  const [base = "", , name = ""] = words;
  const parent = before.find((stage) => stage.name === base);
  const fresh = { env: {}, copies: [], user: "", workdir: "/", entrypoint: [], cmd: [], healthcheck: [], run: [] };
  return parent ? { ...structuredClone(parent), name, base: parent.base } : { name, base, ...fresh };
}

function instruct(stage: Stage | undefined, word: string, rest: string): void {
  if (!stage) throw new Error(`${word} before FROM`);
  switch (word) {
    case "ENV":
      for (const pair of rest.split(/\s+/)) {
        const [key = "", value = ""] = pair.split("=", 2);
        stage.env[key] = value;
      }
      return;
    case "COPY": {
      const words = rest.split(/\s+/);
      const option = (name: string) => words.find((each) => each.startsWith(`--${name}=`))?.split("=")[1];
      const paths = words.filter((each) => !each.startsWith("--"));
      const chown = option("chown");
      const chmod = option("chmod");
      stage.copies.push({
        from: option("from") ?? "",
        sources: paths.slice(0, -1),
        target: paths.at(-1) ?? "",
        ...(chown && { chown }),
        ...(chmod && { chmod }),
      });
      return;
    }
    case "USER":
      stage.user = rest;
      return;
    case "WORKDIR":
      stage.workdir = rest;
      return;
    case "ENTRYPOINT":
      stage.entrypoint = JSON.parse(rest);
      return;
    case "CMD":
      stage.cmd = JSON.parse(rest);
      return;
    case "HEALTHCHECK":
      stage.healthcheck = rest === "NONE" ? [] : JSON.parse(rest.slice(rest.indexOf("CMD") + 3));
      return;
    case "RUN":
      stage.run.push(rest);
      return;
    case "ARG":
    case "LABEL":
    case "EXPOSE":
    case "VOLUME":
      return;
    default:
      throw new Error(`instruction ${word} is not known here`);
  }
}
