export { embeddedControlPlane } from "./control-plane.ts";
export { type EmbeddedWorkerOptions, openEmbeddedWorker } from "./worker.ts";
