import { pathToFileURL } from "node:url";
import { ensureError, NoetlError } from "@noetl/core";
import { provideSdk } from "./sdk.ts";

/** Loading is all that is limited: what a command or tool does then takes as long as it takes. */
const PATIENCE_MS = 15_000;

/** The default export of a module of a plugin. Meaning `terminal`, code `PLUGIN_LOAD`, whatever goes wrong in it. */
export async function loadPart(plugin: string, file: string, patienceMs = PATIENCE_MS): Promise<unknown> {
  provideSdk();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`its module was not loaded after ${patienceMs / 1_000} s`)),
    patienceMs,
  );
  let module: { default?: unknown };
  try {
    module = await Promise.race([import(pathToFileURL(file).href) as Promise<{ default?: unknown }>, late.promise]);
  } catch (error) {
    throw new NoetlError(
      "terminal",
      "PLUGIN_LOAD",
      `plugin '${plugin}' cannot be loaded: ${ensureError(error).message}`,
      {
        cause: error,
        hint: `noetl plugins inspect ${plugin} shows it; noetl plugins uninstall ${plugin} removes it`,
      },
    );
  } finally {
    clearTimeout(timer);
  }
  if (module.default === undefined) {
    throw new NoetlError("terminal", "PLUGIN_LOAD", `plugin '${plugin}': ${file} has no default export`);
  }
  return module.default;
}
