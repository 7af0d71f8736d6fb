/** As `kubectl port-forward … :PORT` on a free port, but to a port of this machine: the first argument. */
import { connect, createServer } from "node:net";

const port = Number(process.argv[2]);
const server = createServer((socket) => {
  const target = connect(port, "127.0.0.1");
  socket.pipe(target).pipe(socket);
  socket.on("error", () => target.destroy());
  target.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const local = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`Forwarding from 127.0.0.1:${local} -> ${port}\n`);
});
process.on("SIGINT", () => process.exit(0));
