import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpImages } from './http-images.ts';
import type { PieceAnswer } from './image-source.ts';

describe('images over HTTP', () => {
  const images = new HttpImages();
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** What a piece comes to that is asked of a server that answers so. */
  async function ask(answers: RequestListener, offset = 10): Promise<PieceAnswer> {
    server = createServer(answers);
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const request = { server: { url }, token: 'a token', hash: 0xbadcafe, offset, bytes: 100 };
    return new Promise((resolve) => images.piece(request, resolve));
  }
  const piece =
    (range: string, bytes: number, status = 206): RequestListener =>
    (_, response) =>
      response.writeHead(status, { 'content-range': range }).end(Buffer.alloc(bytes, 7));

  it('asks for one range, with the token of the device', async () => {
    let asked: unknown;
    await ask(({ url, headers }, response) => {
      asked = [url, headers.range, headers.authorization];
      response.end();
    });
    expect(asked).toEqual(['/v1/images/0badcafe', 'bytes=10-109', 'Bearer a token']);
  });

  it('gives the bytes, and whether they are the last ones', async () => {
    expect(await ask(piece('bytes 10-109/500', 100))).toEqual({ bytes: Buffer.alloc(100, 7), isLast: false });
    expect(await ask(piece('bytes 10-49/50', 40))).toEqual({ bytes: Buffer.alloc(40, 7), isLast: true });
  });

  it.each<[string, RequestListener, PieceAnswer]>([
    ['a server that is ill', (_, response) => response.writeHead(503).end(), 'later'],
    ['one that is asked too often', (_, response) => response.writeHead(429).end(), 'later'],
    ['one that hangs up', ({ socket }) => socket.destroy(), 'later'],
    [
      'one that breaks off',
      (_, response) =>
        response
          .writeHead(206, { 'content-range': 'bytes 10-109/500', 'content-length': '100' })
          .write('a', () => response.destroy()),
      'later',
    ],
    ['one that does not have it', (_, response) => response.writeHead(404).end(), 'never'],
    ['one that does not let it in', (_, response) => response.writeHead(401).end(), 'never'],
    ['one that knows no ranges', (_, response) => response.end('all of it'), 'never'],
    ['one that sends another range', piece('bytes 0-99/500', 100), 'never'],
    ['one that sends more than was asked for', piece('bytes 10-200/500', 191), 'later'],
    ['one that sends without end', piece('bytes 10-109/500', 1_000_000), 'later'],
  ])('knows %s', async (_, answers, expected) => {
    expect(await ask(answers)).toBe(expected);
  });

  it('knows that nobody is there', async () => {
    const request = { server: { url: 'http://127.0.0.1:1' }, token: '', hash: 1, offset: 0, bytes: 1 };
    expect(await new Promise((resolve) => images.piece(request, resolve))).toBe('later');
  });
});
