import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FrameAnswer, NAMESPACE } from '@gaitway/contract';
import type { Server, Socket } from 'socket.io';
import { type Socket as Client, io } from 'socket.io-client';
import { Decoder, Encoder, type Packet } from 'socket.io-parser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { realClock } from '../real-clock.ts';
import { answerFrame, FRAME_PARSER, takeFrames } from './frame-packets.ts';
import { connected } from './running-server.fixture.ts';
import { closeSocketServer, socketServer } from './socket-server.ts';

const bytes = Buffer.from([1, 2, 3]);
const ACKNOWLEDGED: FrameAnswer = { boot: 3, seq: 4_294_967_295 };
const REJECTED: FrameAnswer = { reject: 'busy', retryAfterMs: 200 };

let http: HttpServer;
let server: Server;
let answer: FrameAnswer = ACKNOWLEDGED;
/** Which way each frame came. */
let taken: ('short way' | 'usual way')[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  server = socketServer(http);
  server.of(NAMESPACE.device).on('connection', (socket: Socket) => {
    takeFrames(socket, (_bytes, packetId) => {
      taken.push('short way');
      answerFrame(socket, packetId, answer);
    });
    socket.on('frame', (...carried: unknown[]) => {
      taken.push('usual way');
      (carried.at(-1) as (answer: FrameAnswer) => void)(answer);
    });
    socket.on('ping', (_text: string, answerPing: (text: string) => void) => answerPing('pong'));
  });
});
beforeEach(() => {
  answer = ACKNOWLEDGED;
  taken = [];
});
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect();
});
afterAll(() => closeSocketServer(server, http, realClock, 1000));

async function device(transport: 'websocket' | 'polling' = 'websocket') {
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}${NAMESPACE.device}`;
  const client = io(url, {
    transports: [transport],
    auth: { token: 'any' },
    forceNew: true,
    reconnection: false,
  });
  clients.push(client);
  await connected(client);
  return client;
}

describe('a frame in the usual words', () => {
  it.each(['websocket', 'polling'] as const)(
    'goes the short way over %s, and its answer is what the client expects',
    async (transport) => {
      const client = await device(transport);
      expect(await client.emitWithAck('frame', bytes)).toEqual(ACKNOWLEDGED);
      answer = REJECTED;
      expect(await client.emitWithAck('frame', bytes)).toEqual(REJECTED);
      expect(taken).toEqual(['short way', 'short way']);
    },
  );

  it('is answered in the bytes that Socket.IO itself would have chosen', async () => {
    const client = await device();
    const heard: unknown[] = [];
    client.io.engine.on('message', (message: unknown) => heard.push(message));
    for (const each of [ACKNOWLEDGED, REJECTED]) {
      answer = each;
      await client.emitWithAck('frame', bytes);
    }
    const asSocketIo = [ACKNOWLEDGED, REJECTED].map(
      (each, id) => new Encoder().encode({ type: 3, nsp: NAMESPACE.device, id, data: [each] })[0],
    );
    expect(heard).toEqual(asSocketIo);
  });

  it('may have a long answer', async () => {
    const client = await device();
    answer = { reject: 'x'.repeat(300) as 'busy' };
    expect(await client.emitWithAck('frame', bytes)).toEqual(answer);
  });

  it('comes in order with everything else on its connection', async () => {
    const client = await device();
    const answers = [
      client.emitWithAck('frame', bytes),
      client.emitWithAck('ping', 'text'),
      client.emitWithAck('frame', bytes),
    ];
    expect(await Promise.all(answers)).toEqual([ACKNOWLEDGED, 'pong', ACKNOWLEDGED]);
  });
});

describe('the usual way is open', () => {
  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['a further argument', (client) => client.emitWithAck('frame', bytes, 'more')],
    ['no bytes', (client) => client.emitWithAck('frame', 'text')],
    ['the bytes in an object', (client) => client.emitWithAck('frame', { bytes })],
  ])('to a frame with %s', async (_says, send) => {
    const client = await device();
    expect(await send(client)).toEqual(ACKNOWLEDGED);
    expect(taken).toEqual(['usual way']);
  });

  it('to a number that is no number of Socket.IO', () => {
    const decoder = taking();
    for (const number of ['', '-1', '1e3', '1'.repeat(16)]) {
      try {
        decoder.add(announcement(number));
      } catch {
        // Socket.IO's own judgement.
      }
    }
    expect(decoder.taken).toEqual([]);
  });
});

describe('what is not in order', () => {
  it('ends only the connection it came on, when a text comes where the bytes of a frame were due', async () => {
    const [hostile, other] = [await device(), await device()];
    const gone = once(hostile as never, 'disconnect');
    hostile.io.engine.write(announcement('7'));
    hostile.io.engine.write(announcement('8'));
    await gone;
    expect(await other.emitWithAck('frame', bytes)).toEqual(ACKNOWLEDGED);
  });

  it('is not taken after the device left the namespace', async () => {
    const client = await device();
    const { engine } = client.io;
    const closed = once(engine as never, 'close');
    const left = once([...server.of(NAMESPACE.device).sockets.values()].at(-1)!, 'disconnect');
    engine.write(`1${NAMESPACE.device},`);
    await left;
    engine.write(announcement('7'));
    engine.write(bytes);
    await closed;
    expect(taken).toEqual([]);
  });

  it('is thrown where it is seen, when it is a fault of ours: the peer is not blamed', () => {
    const later = vi.spyOn(process, 'nextTick').mockImplementation(() => {});
    const decoder = taking(() => {
      throw new Error('a fault of ours');
    });
    decoder.add(announcement('7'));
    expect(() => decoder.add(bytes)).not.toThrow();
    expect(later.mock.calls.map(([thrower]) => thrower)).toEqual([expect.any(Function)]);
    expect(later.mock.calls[0]![0]).toThrow('a fault of ours');
    later.mockRestore();
  });
});

function announcement(number: string): string {
  return `51-${NAMESPACE.device},${number}["frame",{"_placeholder":true,"num":0}]`;
}

/** A decoder whose frames are taken, without a connection. */
function taking(take: () => void = () => {}) {
  const decoder = new FRAME_PARSER.Decoder() as InstanceType<typeof FRAME_PARSER.Decoder> & {
    taken: number[];
  };
  decoder.taken = [];
  decoder.takeFrame = (_bytes, packetId) => {
    decoder.taken.push(packetId);
    take();
  };
  return decoder;
}

describe('the parser', () => {
  it('is Socket.IO’s own for every other packet', () => {
    const packets: Packet[] = [
      { type: 2, nsp: NAMESPACE.device, id: 1, data: ['status', { bytes: Buffer.from([9]) }, 3] },
      { type: 2, nsp: NAMESPACE.live, id: 2, data: ['watch', { patient: 'p' }] },
      { type: 3, nsp: NAMESPACE.device, id: 3, data: [{ is: 'an answer' }] },
    ];
    const decoded = (decoder: Decoder) => {
      const heard: Packet[] = [];
      decoder.on('decoded', (packet) => heard.push(packet));
      for (const packet of packets) for (const part of new Encoder().encode({ ...packet })) decoder.add(part);
      return heard;
    };
    expect(decoded(taking())).toEqual(decoded(new Decoder()));
  });
});
