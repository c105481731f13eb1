import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import type { ServerReport } from './bench-messages.ts';

/** A bare socket.io server that acknowledges every frame: what the transports are measured against. */
let answered = 0;
const http = createServer();
const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });

server.of('/device').on('connection', (socket) => {
  socket.on('frame', (bytes: Buffer, answer: (value: { boot: number; seq: number }) => void) => {
    answered += 1;
    answer({ boot: 1, seq: bytes.readUInt32BE(0) });
  });
});

http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.send?.((http.address() as AddressInfo).port);
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const report: ServerReport = { cpuMicros: user + system, answered };
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
