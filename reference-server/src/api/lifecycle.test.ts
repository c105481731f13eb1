import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { documentOf } from '../archive/documents.fixture.ts';
import { type ApiUnderTest, openApiUnderTest } from './api.fixture.ts';

const open: ApiUnderTest[] = [];
afterEach(async () => {
  for (const { app } of open.splice(0)) await app.close();
});

/** The API behind a real socket. */
async function listening(over: Parameters<typeof openApiUnderTest>[0] = {}) {
  const made = await openApiUnderTest(over);
  open.push(made);
  await made.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = made.app.server.address() as AddressInfo;
  const get = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${made.tokenOf('operator')}` },
    });
  return { ...made, port, get };
}

/** A promise and what resolves it. */
function gate() {
  let release = () => {};
  const passed = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { passed, release };
}

describe('the API behind a socket', () => {
  it('finishes what is under way when it closes, and takes nothing new', async () => {
    const { app, archive, get } = await listening();
    const { passed, release } = gate();
    const entered = gate();
    const { patients } = archive;
    archive.patients = async (...question) => {
      entered.release();
      await passed;
      return patients.apply(archive, question);
    };
    const underWay = get('/v1/patients');
    await entered.passed;
    const closed = app.close();
    release();
    const answer = await underWay;
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { patients: unknown[] }).patients).toHaveLength(3);
    await closed;
    await expect(get('/health')).rejects.toThrow();
  });

  it('reads the export from the archive no faster than it is taken', async () => {
    const { archive, get } = await listening();
    const pages = 2000;
    let read = 0;
    archive.scanWindows = async function* () {
      for (; read < pages; read++) yield Array.from({ length: 20 }, (_, i) => documentOf('a', read * 20 + i));
    };
    const answer = await get('/v1/export/windows');
    const reader = answer.body!.getReader();
    let bytes = (await reader.read()).value!.length;
    // Nobody reads on: soon the archive is not asked for more, although most is still there.
    let seen = -1;
    while (seen !== read) {
      seen = read;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(read).toBeLessThan(pages / 2);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      bytes += value.length;
    }
    expect(read).toBe(pages);
    expect(bytes).toBeGreaterThan(pages * 20 * 1000);
  });

  it('cuts the connection when the archive fails in the middle of an export, so that it does not look whole', async () => {
    const failures: unknown[] = [];
    const { archive, get } = await listening({ failed: (error) => failures.push(error) });
    archive.scanWindows = async function* () {
      yield [documentOf('a', 0)];
      throw new Error('the archive went away');
    };
    const answer = await get('/v1/export/windows');
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    expect((await get('/health')).status).toBe(200);
  });

  it('stops reading the archive when whoever exports goes away', async () => {
    const { archive, port, tokenOf } = await listening();
    const stopped = gate();
    archive.scanWindows = async function* () {
      try {
        for (let i = 0; ; i++) yield [documentOf('a', i)];
      } finally {
        stopped.release();
      }
    };
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `GET /v1/export/windows HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokenOf('operator')}\r\n\r\n`,
    );
    socket.once('data', () => socket.destroy());
    await stopped.passed;
  });

  it.each([
    ['what is not HTTP', 'hello\r\n\r\n', 'bad_http', 400],
    [
      'headers that are endless',
      `GET /health HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`,
      'headers_too_large',
      431,
    ],
  ])('answers %s with a problem, and goes on', async (_, bytes, code, status) => {
    const { port, get } = await listening();
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('close', () => resolve(received));
      socket.on('error', reject);
    });
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(text.split('\r\n\r\n')[1]!)).toMatchObject({
      type: `urn:gaitway:problem:${code}`,
      status,
    });
    expect((await get('/health')).status).toBe(200);
  });

  it('answers HEAD like GET, without a body', async () => {
    const { ask } = await openApiUnderTest();
    const { status, text } = await ask('operator', 'HEAD', '/v1/patients');
    expect([status, text]).toEqual([200, '']);
  });
});
