import type { Part } from "../part.ts";
import { engine } from "./engine.ts";
import { fold } from "./fold.ts";
import { localRun } from "./local-run.ts";
import { peers } from "./peers.ts";
import { probes } from "./probes.ts";
import { python } from "./python.ts";
import { resume } from "./resume.ts";
import { serving } from "./serve.ts";
import { server } from "./server.ts";
import { shell } from "./shell.ts";
import { startUp } from "./start-up.ts";
import { template } from "./template.ts";

/** In the order of the table. */
export const parts: readonly Part[] = [
  localRun,
  shell,
  python,
  resume,
  fold,
  engine,
  template,
  startUp,
  serving,
  server,
  probes,
  peers,
];
