import { connect } from "node:net";

/** SSLRequest of the PostgreSQL protocol: its length, then the code that stands where a version would. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const YES = "S".charCodeAt(0);

/** Whether a server would go on in TLS. Rejects with the socket's error. */
export function serverOffersTls({ host, port }: { host: string; port: number }, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once("connect", () => socket.write(SSL_REQUEST));
    socket.once("data", (answer) => {
      resolve(answer[0] === YES);
      socket.destroy();
    });
    socket.once("error", reject);
    socket.once("close", () => reject(Object.assign(new Error("the server hung up"), { code: "ECONNRESET" })));
  });
}
