/** `node reader.ts URL COUNT`: asks over 32 kept connections, each again when it is answered; prints answers a second. */
import { connect } from "node:net";

const LANES = 32;
const url = new URL(process.argv[2] ?? "");
const count = Number(process.argv[3]);
const request = `GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`;

/** Bare sockets: a client that parses costs more than a server that answers. */
function lane(share: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname);
    let left = share;
    let text = "";
    socket.setEncoding("latin1");
    socket.on("error", reject);
    socket.on("connect", () => socket.write(request));
    socket.on("data", (part: string) => {
      text += part;
      const head = text.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
      if (text.length < head + 4 + length) return;
      if (!text.startsWith("HTTP/1.1 200")) return reject(new Error(text));
      text = text.slice(head + 4 + length);
      left -= 1;
      if (left > 0) return socket.write(request);
      socket.end();
      resolve();
    });
  });
}

const share = Math.ceil(count / LANES);
await Promise.all(Array.from({ length: LANES }, () => lane(Math.ceil(share / 10))));
const began = performance.now();
await Promise.all(Array.from({ length: LANES }, () => lane(share)));
console.log((share * LANES * 1_000) / (performance.now() - began));
