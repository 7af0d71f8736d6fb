export { CONFIG_FILE, type ConfigSources, loadConfig } from "./file.ts";
export { type ConfigFlagValues, configFlags, configSources } from "./flags.ts";
export { overlaySchema } from "./json-schema.ts";
export { merged } from "./merge.ts";
export { PLACEHOLDER_IMAGE, poolDefaults, profiles } from "./profiles.ts";
export { type ReadOptions, readConfig } from "./read.ts";
export type { K8sConfig, Overlay, Pool, Profile, Resources, ServerRole } from "./shape.ts";
