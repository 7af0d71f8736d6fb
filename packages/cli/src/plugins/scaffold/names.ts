import { NoetlError } from "@noetl/core";
import { commandConflict } from "../command-conflict.ts";

export interface ScaffoldNames {
  /** of the package: `@acme/noetl-weather` */
  package: string;
  /** first word of its commands: `weather` */
  topic: string;
  /** of its tool: `weather_greet` */
  kind: string;
}

const NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z][a-z0-9._-]*$/;

/** Meaning `validation`, code `PLUGIN_NAME`, for what npm takes for no name or the program for no command. */
export function scaffoldNames(name: string): ScaffoldNames {
  const topic = (name.split("/").at(-1) ?? "").replace(/^noetl-(plugin-)?/, "").replace(/[^a-z0-9]+/g, "-");
  if (!NAME.test(name) || name.length > 200 || !/^[a-z][a-z0-9-]*$/.test(topic)) {
    throw new NoetlError("validation", "PLUGIN_NAME", `'${name}' is no name for a plugin`, {
      hint: "small letters, digits and -, as npm wants it: weather, noetl-weather, @acme/noetl-weather",
    });
  }
  const conflict = commandConflict(`${topic}:hello`);
  if (conflict !== undefined) {
    throw new NoetlError("validation", "PLUGIN_NAME", `'${name}' is no name for a plugin: ${conflict}`, {
      hint: `its commands begin with the name; noetl-my-${topic} is free`,
    });
  }
  return { package: name, topic, kind: `${topic.replaceAll("-", "_")}_greet` };
}
