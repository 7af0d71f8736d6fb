/**
 * Loaded before a test file. The file tells its results over a pipe, and with `forceExit` it ends without waiting for what
 * the pipe has not taken: a blocking pipe loses none (nodejs/node#64833).
 */

type Blocking = { _handle?: { setBlocking?(on: boolean): void } };

(process.stdout as Blocking)._handle?.setBlocking?.(true);
