export { type KindConfig, kindConfig } from "./cluster.ts";
export { takenPorts } from "./taken.ts";
