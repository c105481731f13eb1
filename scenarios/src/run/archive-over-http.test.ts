import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ArchiveOverHttp } from './archive-over-http.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function targetThat(answers: RequestListener): Promise<ArchiveOverHttp> {
  const server = createServer(answers);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new ArchiveOverHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
}

async function documentsOf(api: ArchiveOverHttp): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const page of api.windows(0, 9)) all.push(...page);
  return all;
}

describe('the alerts of a target over HTTP', () => {
  it('are read page by page, as the target says where the next begins', async () => {
    const asked: string[] = [];
    const api = await targetThat(({ url }, response) => {
      asked.push(url!);
      const next = asked.length < 3 ? `page ${asked.length}` : null;
      response.end(JSON.stringify({ alerts: [{ id: `a${asked.length}` }], nextCursor: next }));
    });
    expect(await api.alerts(5, 9.5)).toEqual([{ id: 'a1' }, { id: 'a2' }, { id: 'a3' }]);
    expect(asked).toEqual([
      '/v1/alerts?from=5&to=10&limit=1000',
      '/v1/alerts?from=5&to=10&limit=1000&cursor=page%201',
      '/v1/alerts?from=5&to=10&limit=1000&cursor=page%202',
    ]);
  });

  it('that it does not tell are a fault of the target', async () => {
    const api = await targetThat((_, response) => response.writeHead(404).end('nothing here'));
    await expect(api.alerts(0, 9)).rejects.toMatchObject({ name: 'TargetFault', status: 404 });
  });
});

describe('the archive of a target over HTTP', () => {
  it('is read to its end, in pages', async () => {
    const lines = Array.from({ length: 1200 }, (_, startMs) => JSON.stringify({ startMs }));
    const api = await targetThat((_, response) => response.end(`${lines.join('\n')}\n\n`));
    expect(await documentsOf(api)).toHaveLength(1200);
  });

  it('that breaks off is a fault of the target, and never an archive with less in it', async () => {
    const api = await targetThat((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"startMs":1}\n{"sta', () => response.destroy());
    });
    await expect(documentsOf(api)).rejects.toMatchObject({
      name: 'TargetFault',
      message: expect.stringMatching(/^GET http:\S+export\/windows\?from=0&to=9 broke off after \d+ lines: /),
    });
  });

  it('that holds something else than documents cannot be audited, and says where', async () => {
    const api = await targetThat((_, response) => response.end('{"startMs":1}\n<html>\n'));
    await expect(documentsOf(api)).rejects.toMatchObject({
      name: 'AuditError',
      code: 'archive_malformed',
      message: expect.stringMatching(/^line 2 of http:\S+ is no JSON, .*"<html>"$/),
    });
  });
});

describe('closing of open windows at a target', () => {
  const wait = async () => {};
  const progress = (done: boolean) => JSON.stringify({ id: 'a b', done });

  it('is not done before somebody asked', async () => {
    expect((await targetThat(() => {})).notClosedBecause).toMatch(/nobody asked/);
  });

  it('is done when the target says so', async () => {
    const asked: string[] = [];
    const api = await targetThat((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end(progress(asked.length === 3));
    });
    await api.closeOpenWindows(1000, wait);
    expect(asked.slice(1)).toEqual(Array(2).fill('GET /v1/control/close-open-windows?id=a%20b'));
    expect(api.notClosedBecause).toBeUndefined();
  });

  it('is asked about ever more seldom, and no longer than may be', async () => {
    const waits: number[] = [];
    const slow = await targetThat((_, response) => response.end(progress(false)));
    const note = async (ms: number) => {
      waits.push(ms);
    };
    await expect(slow.closeOpenWindows(60_000, note)).rejects.toThrow(/within 60 s/);
    expect(waits[0]).toBe(200);
    expect(waits.length).toBeLessThan(40);
    expect(Math.max(...waits)).toBe(2000);
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
  });

  it('is not done where the target knows no such thing, or does not come to an end', async () => {
    const without = await targetThat((_, response) => response.writeHead(404).end('nothing here'));
    await expect(without.closeOpenWindows(1000, wait)).rejects.toThrow(/answered 404/);
    expect(without.notClosedBecause).toMatch(/close-open-windows answered 404: nothing here$/);
    const slow = await targetThat((_, response) => response.end(progress(false)));
    await expect(slow.closeOpenWindows(1000, wait)).rejects.toThrow(/within 1 s/);
    expect(slow.notClosedBecause).toBe('open windows were not all archived within 1 s');
  });
});
