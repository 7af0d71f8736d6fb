import { instead, type Rule } from "./rule.ts";

/** execa starts programs and waits for them. */
export const PROCESSES: readonly Rule[] = [
  instead(
    /node_modules[\\/]execa[\\/]index\.js$/,
    "no scripts, no synchronous calls",
    `
    import { createExeca } from "./lib/methods/create.js";
    export { ExecaError } from "./lib/return/final-error.js";
    export const execa = createExeca(() => ({}));
    export const execaSync = createExeca(() => ({ isSync: true }));`,
  ),
  instead(
    /node_modules[\\/]execa[\\/]lib[\\/]methods[\\/]main-sync\.js$/,
    "no synchronous calls",
    'export const execaCoreSync = () => { throw new Error("there are no synchronous calls in this build"); };',
  ),
  instead(
    /node_modules[\\/]execa[\\/]lib[\\/]ipc[\\/]methods\.js$/,
    "no messages between processes",
    "export const addIpcMethods = () => {};",
  ),
  instead(
    /node_modules[\\/]execa[\\/]lib[\\/]pipe[\\/]setup\.js$/,
    "no pipes between programs",
    "export const pipeToSubprocess = () => {};",
  ),
  instead(
    /node_modules[\\/]execa[\\/]lib[\\/]convert[\\/]add\.js$/,
    "streams of a program are used as they are",
    "export const addConvertedStreams = () => {};",
  ),
];
