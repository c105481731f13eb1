import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { linkEndOf } from './link-end.ts';
import { RecordingListener } from './testing/recording-listener.ts';
import {
  type AnswerFrame,
  type StockServer,
  startServerProcess,
  startStockServer,
} from './testing/stock-server.ts';
import type { DeviceLink, DeviceTransport } from './transport.ts';

export interface TransportTimes {
  connectTimeoutMs?: number;
  sweepMs: number;
}

/** The bytes of a test frame: every length has its own. */
function patterned(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 31 + length) & 0xff));
}

const answerLength: AnswerFrame = (bytes, answer) => answer({ boot: 1, seq: bytes.length });

/** What every way to reach a server must do, against a stock socket.io server. */
export function describeDeviceTransport(
  name: string,
  makeTransport: (times: TransportTimes) => DeviceTransport,
): void {
  describe(`${name} as a device transport`, () => {
    const undo: (() => unknown)[] = [];
    afterEach(async () => {
      for (const step of undo.splice(0).reverse()) await step();
    });

    function open(url: string, token = 'good', times: TransportTimes = { sweepMs: 20 }) {
      const listener = new RecordingListener();
      const link = makeTransport(times).open({ url }, token, listener);
      undo.push(() => link.cut());
      return { link, listener };
    }

    async function serve(onFrame: AnswerFrame, options = {}): Promise<StockServer> {
      const server = await startStockServer(onFrame, options);
      undo.push(() => server.stop());
      return server;
    }

    async function connect(url: string, token = 'good', times?: TransportTimes) {
      const { link, listener } = open(url, token, times);
      await listener.until('connected');
      return { link, listener };
    }

    async function end(listener: RecordingListener): Promise<string> {
      const [event] = await listener.until('disconnected');
      await new Promise(setImmediate);
      expect(listener.all('disconnected')).toHaveLength(1);
      expect(listener.events.at(-1)?.kind).toBe('disconnected');
      return event!.reason;
    }

    it('joins /device with its token', async () => {
      const server = await serve(answerLength);
      const token = 'a "token" — with ü';
      await connect(server.url, token);
      const [socket] = await server.namespace.fetchSockets();
      expect(socket!.handshake.auth).toEqual({ token });
      expect(socket!.handshake.query.transport).toBe('websocket');
    });

    it('says who refused it and why, then that it is disconnected', async () => {
      const server = await serve(answerLength);
      const { listener } = open(server.url, 'bad:token_expired');
      expect(linkEndOf(await end(listener))).toBe('refused');
      expect(listener.events.slice(0, -1)).toEqual([
        { kind: 'refused', code: 'token_expired', says: 'the token is no good' },
      ]);
    });

    it('takes the text of a refusal as its code where the server gives none', async () => {
      const server = await serve(answerLength);
      const { listener } = open(server.url, 'rude');
      await end(listener);
      expect(listener.all('refused')).toEqual([{ kind: 'refused', code: 'go away', says: 'go away' }]);
    });

    it('carries frames of every length byte by byte, and lets the caller reuse its buffer', async () => {
      const received: Buffer[] = [];
      const server = await serve((bytes, answer) => {
        received.push(Buffer.from(bytes));
        answer({ boot: 1, seq: bytes.length });
      });
      const { link, listener } = await connect(server.url);
      const lengths = [0, 1, 2, 3, 4, 106, 125, 126, 127, 334, 65_535, 65_536, 100_000];
      for (const length of lengths) {
        const frame = patterned(length);
        link.send(frame);
        frame.fill(0xee);
      }
      await listener.until('answered', lengths.length);
      expect(received.map((bytes) => bytes.length)).toEqual(lengths);
      for (const bytes of received) expect(bytes.equals(patterned(bytes.length))).toBe(true);
    });

    it('gives each answer to its own message when the server answers out of order', async () => {
      const open: { seq: number; answer: (value: unknown) => void }[] = [];
      const server = await serve((bytes, answer) => {
        open.push({ seq: bytes[0]!, answer });
        if (open.length < 5) return;
        for (const index of [3, 0, 4, 1, 2]) open[index]!.answer({ boot: 9, seq: open[index]!.seq });
      });
      const { link, listener } = await connect(server.url);
      const ids = [10, 11, 12, 13, 14].map((seq) => link.send(Uint8Array.of(seq)));
      const answers = await listener.until('answered', 5);
      expect(new Set(ids).size).toBe(5);
      expect(answers).toEqual(
        [3, 0, 4, 1, 2].map((index) => ({
          kind: 'answered',
          messageId: ids[index],
          answer: { boot: 9, seq: 10 + index },
        })),
      );
    });

    it('hands on a rejection with its time to wait, and an answer with more fields than it knows', async () => {
      const replies = [
        { reject: 'busy', retryAfterMs: 250 },
        { reject: 'bad_crc' },
        { seq: 4, boot: 3, later: true },
      ];
      const server = await serve((bytes, answer) => answer(replies[bytes[0]!]));
      const { link, listener } = await connect(server.url);
      for (const index of replies.keys()) link.send(Uint8Array.of(index));
      const answers = await listener.until('answered', 3);
      expect(answers.map((event) => event.answer)).toEqual([replies[0], replies[1], { boot: 3, seq: 4 }]);
    });

    it('never answers a message that the server does not answer', async () => {
      const server = await serve((bytes, answer) => {
        if (bytes[0] !== 0) answer({ boot: 1, seq: bytes[0] });
      });
      const { link, listener } = await connect(server.url);
      const ids = [0, 1, 0, 2].map((seq) => link.send(Uint8Array.of(seq)));
      await listener.until('answered', 2);
      link.close();
      await end(listener);
      expect(listener.all('answered').map((event) => event.messageId)).toEqual([ids[1], ids[3]]);
    });

    it('ends the link on an answer that is none of the contract', async () => {
      const server = await serve((_bytes, answer) => answer('fine, thanks'));
      const { link, listener } = await connect(server.url);
      link.send(Uint8Array.of(1));
      expect(linkEndOf(await end(listener))).toBe('protocol');
      expect(listener.all('answered')).toEqual([]);
    });

    it('hands on commands, and ignores events and commands it does not know', async () => {
      const server = await serve(answerLength);
      const { listener } = await connect(server.url);
      server.namespace.emit('weather', { sunny: true });
      server.namespace.emit('command', { command: 'self_destruct' });
      server.namespace.emit('command');
      server.namespace.emit('command', Buffer.from('not a command'));
      server.namespace.emit('command', { command: 'update_offer', firmware: 3, hash: 'ä€😀' });
      server.namespace.emit('command', { command: 'time_sync', epochMs: 1_700_000_000_000 });
      const commands = await listener.until('command', 2);
      expect(commands.map((event) => event.command)).toEqual([
        { command: 'update_offer', firmware: 3, hash: 'ä€😀' },
        { command: 'time_sync', epochMs: 1_700_000_000_000 },
      ]);
    });

    it('keeps 2,000 messages in flight apart', async () => {
      const open: { seq: number; answer: (value: unknown) => void }[] = [];
      const server = await serve((bytes, answer) => {
        open.push({ seq: bytes.readUInt16BE(0), answer });
        if (open.length < 2_000) return;
        // 7 and 2,000 have no common divisor: every message comes up once, far from its turn.
        for (let step = 0; step < 2_000; step += 1) {
          const one = open[(step * 7) % 2_000]!;
          one.answer({ boot: 1, seq: one.seq });
        }
      });
      const { link, listener } = await connect(server.url);
      const seqOf = new Map<number, number>();
      for (let seq = 0; seq < 2_000; seq += 1) {
        seqOf.set(link.send(Uint8Array.of(seq >> 8, seq & 0xff)), seq);
      }
      const answers = await listener.until('answered', 2_000);
      expect(seqOf.size).toBe(2_000);
      for (const { messageId, answer } of answers) {
        expect(answer).toEqual({ boot: 1, seq: seqOf.get(messageId) });
        seqOf.delete(messageId);
      }
      expect(seqOf.size).toBe(0);
    });

    it.each([
      { whole: false, expected: 'left' },
      { whole: true, expected: 'left' },
    ])('notices that the server disconnects it (whole connection: $whole)', async ({ whole, expected }) => {
      const server = await serve(answerLength);
      const { listener } = await connect(server.url);
      server.namespace.disconnectSockets(whole);
      expect(linkEndOf(await end(listener))).toBe(expected);
    });

    it('notices that the server closes the connection under the namespace', async () => {
      const server = await serve((_bytes, _answer, socket) => socket.conn.close());
      const { link, listener } = await connect(server.url);
      link.send(Uint8Array.of(1));
      expect(linkEndOf(await end(listener))).toBe('server_closed');
    });

    it.each(['close', 'cut'] as const)(
      'after %s says only that it is disconnected, and not at once',
      async (how) => {
        const server = await serve(answerLength);
        const left = new Promise<string>((resolve) => {
          server.namespace.on('connection', (socket) => socket.on('disconnect', resolve));
        });
        const { link, listener } = await connect(server.url);
        link.send(Uint8Array.of(1));
        link[how]();
        link[how]();
        expect(listener.all('disconnected')).toEqual([]);
        expect(linkEndOf(await end(listener))).toBe(how === 'close' ? 'closed' : 'cut');
        expect(await left).toBe(how === 'close' ? 'client namespace disconnect' : 'transport close');
        expect(listener.events.map((event) => event.kind)).toEqual(['connected', 'disconnected']);
      },
    );

    it.each(['close', 'cut'] as const)('can %s before it is connected', async (how) => {
      const server = await serve(answerLength);
      const { link, listener } = open(server.url);
      link[how]();
      await end(listener);
      expect(listener.events).toHaveLength(1);
    });

    it('refuses to send before it is connected, and never answers what is sent after the end', async () => {
      const server = await serve(answerLength);
      const { link, listener } = open(server.url);
      expect(() => link.send(Uint8Array.of(1))).toThrow('wait for connected()');
      await listener.until('connected');
      link.cut();
      expect(link.send(Uint8Array.of(1))).toBeGreaterThan(0);
      await end(listener);
      expect(link.send(Uint8Array.of(1))).toBeGreaterThan(0);
      expect(listener.all('answered')).toEqual([]);
    });

    it('notices that the server was killed with messages in flight', async () => {
      const server = await startServerProcess();
      undo.push(() => server.signal('SIGKILL'));
      const { link, listener } = await connect(server.url);
      const answered = link.send(Uint8Array.of(1, 7));
      link.send(Uint8Array.of(0));
      await listener.until('answered');
      server.signal('SIGKILL');
      expect(['lost', 'server_closed']).toContain(linkEndOf(await end(listener)));
      expect(listener.all('answered').map((event) => event.messageId)).toEqual([answered]);
    });

    it('notices that the server stands still', async () => {
      const server = await startServerProcess({ pingInterval: 200, pingTimeout: 300 });
      undo.push(() => server.signal('SIGKILL'));
      const { link, listener } = await connect(server.url);
      server.signal('SIGSTOP');
      link.send(Uint8Array.of(1, 1));
      expect(linkEndOf(await end(listener))).toBe('ping_timeout');
      expect(listener.all('answered')).toEqual([]);
    });

    it('answers every ping', async () => {
      // The server's next ping follows the last one's answer; how long a ping keeps a link up is not timed here.
      const server = await serve(answerLength, { pingInterval: 30 });
      let pongs = 0;
      const tenPongs = new Promise<void>((resolve) => {
        server.namespace.on('connection', (socket) => {
          socket.conn.on('packet', ({ type }) => {
            if (type !== 'pong') return;
            pongs += 1;
            if (pongs === 10) resolve();
          });
        });
      });
      const { link, listener } = await connect(server.url);
      await tenPongs;
      link.send(Uint8Array.of(1));
      await listener.until('answered');
      expect(listener.all('disconnected')).toEqual([]);
    });

    it('says that a port where nothing listens is unreachable', async () => {
      const closed = createTcpServer();
      await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
      const { port } = closed.address() as AddressInfo;
      await new Promise((resolve) => closed.close(resolve));
      const { listener } = open(`http://127.0.0.1:${port}`);
      const reason = await end(listener);
      expect(linkEndOf(reason)).toBe('unreachable');
      expect(reason).toContain('ECONNREFUSED');
      expect(listener.events).toHaveLength(1);
    });

    it.each([404, 503])('says so when the server answers the upgrade with HTTP %i', async (status) => {
      const http = createHttpServer();
      http.on('upgrade', (_request, socket) =>
        socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`),
      );
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      undo.push(() => new Promise((resolve) => http.close(resolve)));
      const { listener } = open(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
      const reason = await end(listener);
      expect(linkEndOf(reason)).toBe('upgrade');
      expect(reason).toContain(String(status));
    });

    it('gives up on a server that takes the connection and says nothing', async () => {
      const silent = createTcpServer((socket) => undo.push(() => socket.destroy()));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      undo.push(() => void silent.close());
      const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const { listener } = open(url, 'good', { sweepMs: 20, connectTimeoutMs: 150 });
      expect(linkEndOf(await end(listener))).toBe('connect_timeout');
      expect(listener.events).toHaveLength(1);
    });

    it.each(['127.0.0.1:80', 'ftp://127.0.0.1', 'http://127.0.0.1/base', 'nonsense'])(
      'says what is wrong with the target %s',
      (url) => {
        const transport = makeTransport({ sweepMs: 20 });
        expect(() => transport.open({ url }, 'good', new RecordingListener())).toThrow(url);
      },
    );

    it('leaves from the source address that the target names', async () => {
      const server = await serve(answerLength);
      const listener = new RecordingListener();
      const link = makeTransport({ sweepMs: 20 }).open(
        { url: server.url, localAddress: '127.0.0.1' },
        'good',
        listener,
      );
      undo.push(() => link.cut());
      await listener.until('connected');
      const [socket] = await server.namespace.fetchSockets();
      expect(socket!.handshake.address).toContain('127.0.0.1');
    });

    it('holds 500 connections at once, each with its own answers', async () => {
      const server = await serve((bytes, answer) => answer({ boot: 5, seq: bytes.readUInt16BE(0) }));
      const transport = makeTransport({ sweepMs: 50 });
      const devices: { link: DeviceLink; listener: RecordingListener }[] = [];
      for (let index = 0; index < 500; index += 1) {
        const listener = new RecordingListener();
        const link = transport.open({ url: server.url }, `device ${index}`, listener);
        undo.push(() => link.cut());
        devices.push({ link, listener });
      }
      await Promise.all(devices.map(({ listener }) => listener.until('connected')));
      for (const [index, { link }] of devices.entries()) link.send(Uint8Array.of(index >> 8, index & 0xff));
      const answers = await Promise.all(devices.map(({ listener }) => listener.until('answered')));
      expect(answers.map(([event]) => event!.answer)).toEqual(devices.map((_, seq) => ({ boot: 5, seq })));
      for (const { link } of devices) link.close();
      for (const { listener } of devices) await end(listener);
    });
  });
}
