import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Socket } from 'socket.io';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { realClock } from '../real-clock.ts';
import { releaseRequest } from './release-request.ts';
import { connected, until } from './running-server.fixture.ts';
import { closeSocketServer, socketServer } from './socket-server.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the request of an upgrade', () => {
  it('is kept by nothing once it was let go, and the connection goes on', async () => {
    const http = createServer().listen(0, '127.0.0.1');
    await once(http, 'listening');
    const server = socketServer(http);
    let request: WeakRef<object> | undefined;
    server.on('connection', (socket: Socket) => {
      request = new WeakRef(socket.request);
      releaseRequest(socket);
      socket.on('echo', (text: string, answer: (text: string) => void) => answer(text));
    });
    const client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
      transports: ['websocket'],
    });
    await connected(client);
    await until(() => {
      collectGarbage();
      return request !== undefined && request.deref() === undefined;
    });
    expect(await client.timeout(5000).emitWithAck('echo', 'still here')).toBe('still here');
    client.disconnect();
    await closeSocketServer(server, http, realClock, 1000);
  });
});
