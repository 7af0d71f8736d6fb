/** Where a server says what people who run it should know. Given from outside; fields hold no payloads (server-api §7.3). */
export interface Log {
  info(message: string, fields?: { [name: string]: unknown }): void;
  warn(message: string, fields?: { [name: string]: unknown }): void;
  error(message: string, fields?: { [name: string]: unknown }): void;
}

export const silent: Log = { info() {}, warn() {}, error() {} };
