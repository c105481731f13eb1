import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { realClock } from '@gaitway/reference-server/real-clock';
import { Server } from 'socket.io';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingListener } from '../testing/recording-listener.ts';
import { selfSigned } from '../testing/self-signed.ts';
import { LeanTransport } from './lean-transport.ts';

describe('LeanTransport over TLS', () => {
  const pair = selfSigned();
  const received: Buffer[] = [];
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const https = createServer(pair);
    server = new Server(https, { transports: ['websocket'] });
    server.of('/device').on('connection', (socket) => {
      socket.on('frame', (bytes: Buffer, answer: (value: unknown) => void) => {
        received.push(Buffer.from(bytes));
        answer({ boot: 1, seq: bytes.length });
      });
    });
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(https.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('carries frames and answers as it does over TCP', async () => {
    const listener = new RecordingListener();
    const transport = new LeanTransport(realClock, { tlsAuthorities: pair.cert, sweepMs: 20 });
    const link = transport.open({ url }, 'good', listener);
    await listener.until('connected');
    const frames = [0, 106, 70_000, 334, 20_000].map((length) => Buffer.alloc(length, length % 251));
    for (const frame of frames) link.send(frame);
    const answers = await listener.until('answered', frames.length);
    expect(answers.map((event) => event.answer)).toEqual(
      frames.map(({ length }) => ({ boot: 1, seq: length })),
    );
    expect(received.every((bytes, index) => bytes.equals(frames[index]!))).toBe(true);
    link.close();
    await listener.until('disconnected');
  });

  it('does not talk to a server whose certificate nobody vouches for', async () => {
    const listener = new RecordingListener();
    new LeanTransport(realClock, { sweepMs: 20 }).open({ url }, 'good', listener);
    const [event] = await listener.until('disconnected');
    expect(event!.reason).toBe('unreachable: DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(listener.events).toHaveLength(1);
  });
});
