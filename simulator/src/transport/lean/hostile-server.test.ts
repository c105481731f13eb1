import type { Socket } from 'node:net';
import { realClock } from '@gaitway/reference-server/real-clock';
import { afterEach, describe, expect, it } from 'vitest';
import { linkEndOf } from '../link-end.ts';
import { type RawServer, serverFrame, startRawServer, upgradeAnswer } from '../testing/raw-server.ts';
import { RecordingListener } from '../testing/recording-listener.ts';
import type { DeviceLink } from '../transport.ts';
import { LeanTransport } from './lean-transport.ts';

const OPEN = '0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}';
const JOINED = '40/device,{"sid":"t"}';
const texts = (...lines: string[]) => Buffer.concat(lines.map((line) => serverFrame(line)));

let server: RawServer | undefined;
let link: DeviceLink | undefined;
afterEach(() => {
  link?.cut();
  server?.stop();
});

async function meet(onRequest: (socket: Socket, request: string) => void, connectTimeoutMs?: number) {
  server = await startRawServer(onRequest);
  const listener = new RecordingListener();
  const transport = new LeanTransport(realClock, {
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    leaveTimeoutMs: 100,
    sweepMs: 20,
  });
  link = transport.open({ url: server.url }, 'good', listener);
  return listener;
}

/** A server that answers the upgrade and then sends these bytes, whatever the client says. */
function meetUpgraded(...frames: Buffer[]) {
  return meet((socket, request) =>
    socket.write(Buffer.concat([Buffer.from(upgradeAnswer(request)), ...frames])),
  );
}

async function end(listener: RecordingListener): Promise<string> {
  const [event] = await listener.until('disconnected');
  await new Promise(setImmediate);
  expect(listener.all('disconnected')).toHaveLength(1);
  return event!.reason;
}

describe('the lean client and a server that answers the upgrade wrongly', () => {
  const WRONG_KEY =
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n';
  it.each([
    ['HTTP 401', 'HTTP/1.1 401 Unauthorized\r\n\r\n'],
    ['HTTP 502', 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops'],
    ['HTTP 200', 'HTTP/1.1 200 OK\r\n\r\n<html>'],
    ['not HTTP', 'SSH-2.0-server\r\n\r\n'],
    ['not HTTP', '\u0000\u0001\u0002\r\n\r\n'],
    ['without Upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['does not fit the key', WRONG_KEY],
    ['too long', `HTTP/1.1 101 Switching Protocols\r\n${'X-Padding: 0123456789\r\n'.repeat(2_000)}`],
  ])('ends with its reason: %s', async (says, answer) => {
    const reason = await end(await meet((socket) => socket.write(answer, 'latin1')));
    expect(linkEndOf(reason)).toBe('upgrade');
    expect(reason).toContain(says);
  });

  it('ends where the server chooses an extension that nobody offered', async () => {
    const listener = await meet((socket, request) => {
      socket.write(
        upgradeAnswer(request).replace(
          '\r\n\r\n',
          '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
        ),
      );
    });
    expect(await end(listener)).toContain('extension');
  });

  it.each([
    ['closes', (socket: Socket) => socket.end(), ['upgrade']],
    ['closes after half an answer', (socket: Socket) => socket.end('HTTP/1.1 101 Swi'), ['upgrade']],
    ['resets', (socket: Socket) => socket.resetAndDestroy(), ['lost', 'upgrade']],
  ])('ends where the server %s during the handshake', async (_how, act, ends) => {
    expect(ends).toContain(linkEndOf(await end(await meet((socket) => void act(socket)))));
  });

  it.each([0, 1, 2])('gives up in time where the server falls silent after step %i', async (step) => {
    const listener = await meet((socket, request) => {
      if (step > 0) socket.write(upgradeAnswer(request));
      if (step > 1) socket.write(serverFrame(OPEN));
    }, 100);
    expect(linkEndOf(await end(listener))).toBe('connect_timeout');
    expect(listener.events).toHaveLength(1);
  });
});

describe('the lean client and a server that breaks the protocol', () => {
  it.each([
    ['no Engine.IO packet', serverFrame('hello')],
    ['no Engine.IO packet', serverFrame('')],
    ['heartbeat', serverFrame('0')],
    ['heartbeat', serverFrame('0{"sid":')],
    ['heartbeat', serverFrame('0null')],
    ['heartbeat', serverFrame('0{"sid":"s","pingInterval":-1,"pingTimeout":1}')],
    ['before the open packet', serverFrame(JOINED)],
    ['second open packet', texts(OPEN, OPEN)],
    ['older Socket.IO', texts(OPEN, '40/device,')],
    ['not JSON', texts(OPEN, JOINED, '42/device,["command",')],
    ['not JSON', texts(OPEN, JOINED, '43/device,1[{"boot":1,"seq":01}]')],
    ['without a name', texts(OPEN, JOINED, '42/device,[]')],
    ['without a name', texts(OPEN, JOINED, '42/device,{"command":1}')],
    ['without a number', texts(OPEN, JOINED, '43/device,[1]')],
    ['without a list', texts(OPEN, JOINED, '43/device,1')],
    ['number of attachments', texts(OPEN, JOINED, '46/device,1[]')],
    ['with attachments', texts(OPEN, JOINED, '461-/device,1[{"_placeholder":true,"num":0}]')],
    ['no known type', texts(OPEN, JOINED, '49/device,')],
    ['no known type', texts(OPEN, JOINED, '4')],
    ['after the namespace was joined', texts(OPEN, JOINED, '44/device,{"message":"late"}')],
    ['reserved bits', Buffer.from([0xf1, 0x00])],
    ['longer than', Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0])],
    ['masked', Buffer.from('GET / HTTP/1.1\r\n\r\n'.replace('GE', '\u0001\u0085'), 'latin1')],
  ])('ends with its reason: %s', async (says, frames) => {
    const reason = await end(await meetUpgraded(frames));
    expect(linkEndOf(reason)).toBe('protocol');
    expect(reason).toContain(says);
  });

  it('ends once where the server refuses, refuses again and closes', async () => {
    const refusal = '44/device,{"message":"no","data":{"code":"full"}}';
    const listener = await meetUpgraded(texts(OPEN, refusal, refusal, '41/device,', '1'));
    expect(linkEndOf(await end(listener))).toBe('refused');
    expect(listener.events.map((event) => event.kind)).toEqual(['refused', 'disconnected']);
  });

  it.each(['44/device,', '44/device,"no"', '44/device,{}', '44/device,{"message":7,"data":[]}'])(
    'takes a refusal without a reason for a refusal: %s',
    async (refusal) => {
      const listener = await meetUpgraded(texts(OPEN, refusal));
      await end(listener);
      expect(listener.all('refused')).toHaveLength(1);
    },
  );

  it('hands on an answer once, and none to a message that was never sent', async () => {
    let peer: Socket | undefined;
    const listener = await meet((socket, request) => {
      peer = socket;
      socket.write(Buffer.concat([Buffer.from(upgradeAnswer(request)), texts(OPEN, JOINED)]));
    });
    await listener.until('connected');
    const first = link!.send(Uint8Array.of(1));
    const second = link!.send(Uint8Array.of(2));
    const answer = (id: number) => `43/device,${id}[{"boot":1,"seq":${id}}]`;
    peer!.write(texts(...[second, 99, second, 0, first, first].map(answer), '43/device,7["odd"]', '1'));
    await end(listener);
    expect(listener.all('answered').map((event) => event.messageId)).toEqual([second, first]);
  });

  it('ignores other namespaces, events with attachments, pongs and noops', async () => {
    const command = '42/device,5["command",{"command":"identify"},"more"]';
    const listener = await meetUpgraded(
      texts(
        OPEN,
        '40{"sid":"root"}',
        '42["command",{"command":"identify"}]',
        JOINED,
        '3',
        '6',
        '40/device,{"sid":"u"}',
      ),
      texts('451-/device,["command",{"_placeholder":true,"num":0}]'),
      serverFrame(new Uint8Array(20), { opcode: 2 }),
      texts(command),
    );
    await listener.until('command');
    expect(listener.events).toEqual([
      { kind: 'connected' },
      { kind: 'command', command: { command: 'identify' } },
    ]);
  });

  it('reads a handshake and messages that come one byte at a time', async () => {
    const listener = await meet((socket, request) => {
      socket.setNoDelay(true);
      const bytes = Buffer.concat([
        Buffer.from(upgradeAnswer(request)),
        texts(OPEN, JOINED, '42/device,["command",{"command":"identify"}]'),
      ]);
      let at = 0;
      const next = (): void => {
        if (at === bytes.length || socket.destroyed) return;
        socket.write(bytes.subarray(at, at + 1), () => setImmediate(next));
        at += 1;
      };
      next();
    });
    await listener.until('command');
    expect(listener.events).toHaveLength(2);
  });

  it('answers a WebSocket ping with its bytes, and a close frame with a close frame', async () => {
    const sent: Buffer[] = [];
    let heardAll = (): void => {};
    const allHeard = new Promise<void>((resolve) => {
      heardAll = resolve;
    });
    const listener = await meet((socket, request) => {
      socket.on('data', (bytes) => sent.push(bytes));
      socket.on('close', heardAll);
      socket.write(upgradeAnswer(request));
      socket.write(serverFrame('are you there', { opcode: 9 }));
      socket.write(serverFrame(Buffer.from([0x03, 0xf5]), { opcode: 8 }));
    });
    expect(await end(listener)).toBe('server_closed: code 1013');
    await allHeard;
    const bytes = Buffer.concat(sent);
    expect([bytes[0], bytes[1]]).toEqual([0x8a, 0x80 | 13]);
    const unmasked = bytes.subarray(6, 19).map((byte, index) => byte ^ bytes[2 + (index % 4)]!);
    expect(Buffer.from(unmasked).toString()).toBe('are you there');
    expect(bytes[19]).toBe(0x88);
  });

  it('comes to its end where the other side keeps a half-open connection and reads nothing', async () => {
    const listener = await meet((socket, request) => {
      socket.write(Buffer.concat([Buffer.from(upgradeAnswer(request)), texts(OPEN, JOINED)]), () =>
        socket.pause(),
      );
    });
    await listener.until('connected');
    // More than the kernel's buffers of both sides hold.
    for (let index = 0; index < 200; index += 1) link!.send(new Uint8Array(100_000));
    link!.close();
    expect(await end(listener)).toBe('closed');
  });
});
