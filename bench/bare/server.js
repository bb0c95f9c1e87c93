// A Socket.IO server that stores nothing and asks nobody: the yardstick of the measurements.
// Usage: node server.js PORT HTML_BYTES; each message is wrapped so that it weighs as much as the application's.
import { createServer } from "node:http";
import { Server } from "socket.io";

const [port, htmlBytes] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http, { transports: ["websocket"] });
let seq = 0;

const wrapped = (body) => `<p>${body}</p>`.padEnd(htmlBytes, " ");

io.on("connection", (socket) => {
  socket.on("room:open", ({ room_id }, acknowledge) => {
    socket.join(`room:${room_id}`);
    acknowledge({ ok: true });
  });
  socket.on("message:post", ({ room_id, client_id, body }, acknowledge) => {
    seq += 1;
    io.to(`room:${room_id}`).emit("message:posted", { room_id, seq, client_id, html: wrapped(body) });
    acknowledge({ ok: true, seq });
  });
});

http.listen(port, "127.0.0.1");
