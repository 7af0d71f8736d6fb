/** Where a worker says what people who run it should know. Fields hold no payloads: inputs and results are not for logs. */
export interface Log {
  debug(message: string, fields?: { [name: string]: unknown }): void;
  info(message: string, fields?: { [name: string]: unknown }): void;
  warn(message: string, fields?: { [name: string]: unknown }): void;
  error(message: string, fields?: { [name: string]: unknown }): void;
}

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };
