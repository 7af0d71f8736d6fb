import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { NoetlError } from "@noetl/core";
import { guard } from "./guard.ts";
import { loadError } from "./load-error.ts";
import { askedModules, provideSdk } from "./sdk.ts";

/** Loading is all that is limited: what a command or tool does then takes as long as it takes. */
export const LOAD_PATIENCE_MS = 15_000;

/** A module of a plugin. */
export interface PluginPart {
  plugin: string;
  /** absolute */
  folder: string;
  /** relative to it */
  file: string;
}

/** The default export of a module of a plugin. Meaning `terminal`, code `PLUGIN_LOAD`, whatever goes wrong in it. */
export async function loadPart({ plugin, folder, file }: PluginPart, patienceMs = LOAD_PATIENCE_MS): Promise<unknown> {
  provideSdk();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${file} was not loaded after ${patienceMs / 1_000} s`)),
    patienceMs,
  );
  const unguard = guard(folder);
  const asked = askedModules();
  let module: { default?: unknown };
  try {
    const loading = import(pathToFileURL(join(folder, file)).href) as Promise<{ default?: unknown }>;
    module = await Promise.race([loading, late.promise]);
  } catch (error) {
    throw await loadError({ plugin, folder, error, asked: asked.list });
  } finally {
    clearTimeout(timer);
    asked.end();
    unguard();
  }
  if (module.default === undefined) {
    throw new NoetlError("terminal", "PLUGIN_LOAD", `plugin '${plugin}': ${file} has no default export`);
  }
  return module.default;
}
