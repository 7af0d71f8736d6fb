/** Loaded before a test file. */
import { enableCompileCache } from "node:module";

// Most files load the same sources: what one has compiled the next need not.
enableCompileCache();

type Blocking = { _handle?: { setBlocking?(on: boolean): void } };

// The file tells its results over a pipe, and with `forceExit` it ends without waiting for what the pipe has not taken: a
// blocking one loses none (nodejs/node#64833).
(process.stdout as Blocking)._handle?.setBlocking?.(true);
