import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeFrame, NAMESPACE } from '@gaitway/contract';
import { verifyToken } from '@gaitway/reference-server';
import { Server } from 'socket.io';

export interface StubServer {
  url: string;
  secret: string;
  /** Frames that came, by device. */
  frames: Map<number, number>;
  /** Addresses that devices connected from. */
  addresses: Set<string>;
  readonly devices: number;
  stop(): Promise<void>;
}

/**
 * A socket.io server that acknowledges each frame at once, and shows each reading to whoever watches its
 * patient or ward. It keeps nothing and checks only the token.
 */
export async function startStubServer(): Promise<StubServer> {
  const secret = 'a secret of the tests, of no use to anyone';
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'], serveClient: false });
  const frames = new Map<number, number>();
  const addresses = new Set<string>();
  const device = io.of(NAMESPACE.device);
  const live = io.of(NAMESPACE.live);
  for (const namespace of [device, live]) {
    namespace.use((socket, next) => {
      const claims = verifyToken(socket.handshake.auth.token, secret, Date.now());
      if (typeof claims === 'string') {
        next(Object.assign(new Error(claims), { data: { code: claims, says: claims } }));
        return;
      }
      socket.data = claims;
      next();
    });
  }
  device.on('connection', (socket) => {
    addresses.add(socket.handshake.address);
    socket.on('frame', (bytes: Buffer, answer: (value: unknown) => void) => {
      const frame = decodeFrame(bytes);
      if (typeof frame === 'string') return answer({ reject: frame });
      frames.set(frame.device, (frames.get(frame.device) ?? 0) + 1);
      answer({ boot: frame.boot, seq: frame.seq });
      const { patient, ward } = socket.data;
      live.to([patient, ward]).emit('reading', { ...frame, patient, ward });
    });
  });
  live.on('connection', (socket) => {
    socket.on('watch', (target: { patient?: string; ward?: string }, answer: (value: unknown) => void) => {
      void socket.join(target.patient ?? target.ward ?? '');
      answer({ watching: true });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    secret,
    frames,
    addresses,
    get devices() {
      return device.sockets.size;
    },
    stop: async () => {
      await io.close();
    },
  };
}
