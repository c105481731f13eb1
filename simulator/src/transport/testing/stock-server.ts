import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Namespace, Server, type ServerOptions, type Socket } from 'socket.io';

export type AnswerFrame = (bytes: Buffer, answer: (value: unknown) => void, socket: Socket) => void;

export interface StockServer {
  url: string;
  namespace: Namespace;
  stop(): Promise<void>;
}

/**
 * A socket.io server as anyone would write it, in this process: tokens beginning with `bad:` are refused with
 * the code behind the colon, `rude` without a code.
 */
export async function startStockServer(
  onFrame: AnswerFrame,
  options: Partial<ServerOptions> = {},
): Promise<StockServer> {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'], ...options });
  const namespace = server.of('/device');
  namespace.use((socket, next) => {
    const token = String(socket.handshake.auth.token);
    if (token === 'rude') return next(new Error('go away'));
    if (!token.startsWith('bad:')) return next();
    const refusal: Error & { data?: unknown } = new Error('the token is no good');
    refusal.data = { code: token.slice(4) };
    next(refusal);
  });
  namespace.on('connection', (socket) => {
    socket.on('frame', (bytes: Buffer, answer: (value: unknown) => void) => onFrame(bytes, answer, socket));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    namespace,
    stop: async () => {
      await server.close();
      if (http.listening) await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** In ms; what is left out is socket.io's default, far above any test's length. */
export type Heartbeat = Pick<Partial<ServerOptions>, 'pingInterval' | 'pingTimeout'>;

export interface ServerProcess {
  url: string;
  signal(name: NodeJS.Signals): void;
}

const serverProgram = (heartbeat: Heartbeat) => `
import { createServer } from 'node:http';
import { Server } from 'socket.io';
const http = createServer();
const server = new Server(http, { transports: ['websocket'], ...${JSON.stringify(heartbeat)} });
server.of('/device').on('connection', (socket) => {
  socket.on('frame', (bytes, answer) => { if (bytes[0] === 1) answer({ boot: 1, seq: bytes[1] }); });
});
http.listen(0, '127.0.0.1', () => process.stdout.write(http.address().port + '\\n'));
process.on('disconnect', () => process.exit());
`;

/** The same in a process of its own, which can be stopped and killed. It answers frames whose first byte is 1. */
export async function startServerProcess(heartbeat: Heartbeat = {}): Promise<ServerProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--input-type=module', '--eval', serverProgram(heartbeat)],
    {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim()));
    child.once('exit', (code) => reject(new Error(`The server process ended with ${code}.`)));
  });
  return { url: `http://127.0.0.1:${port}`, signal: (name) => void child.kill(name) };
}
