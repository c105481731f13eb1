import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HEADER, NAMESPACE, readU16, readU32 } from '@gaitway/contract';
import { Server } from 'socket.io';
import './probe.ts';

/**
 * A bare socket.io server that acknowledges every frame at once and in the reference server's words: the
 * least that any gateway on socket.io costs.
 */
const http = createServer();
const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });

server.of(NAMESPACE.device).on('connection', (socket) => {
  socket.on('frame', (bytes: Buffer, answer: (value: { boot: number; seq: number }) => void) => {
    answer({ boot: readU16(bytes, HEADER.boot), seq: readU32(bytes, HEADER.seq) });
  });
});

http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  process.send?.({ type: 'ready', url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit());
