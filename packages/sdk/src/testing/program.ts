import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const REPOSITORY = fileURLToPath(new URL("../../../..", import.meta.url));

/** Runs the command line from source. */
export const DEV = join(REPOSITORY, "bin/dev.js");

/** The command line to test: the bundle that `npm test` made of these sources, for it starts sooner, or the sources. */
export const PROGRAM = process.env.NOETL_TEST_PROGRAM ?? DEV;
