import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArchiveOverHttp } from '@gaitway/scenarios';
import { describe, expect, it } from 'vitest';
import { FULL, Gaitway, gaitway, ownFolder, unbroken } from './binary.fixture.ts';

const START = ['server', 'start', '--port', '0'];

describe('gaitway server start', () => {
  it('serves until SIGTERM, says where and how to get in, and leaves with 0', async () => {
    const server = new Gaitway(START);
    const [, url] = await server.said(/Ready at (http:\S+?)\. /);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    await server.said(/gaitway token device --patient/);
    server.kill('SIGTERM');
    const { code, stdout } = await server.ended;
    expect(stdout).toMatch(/Draining: .*\n(.*\n)*.*Stopped\./);
    expect(code).toBe(0);
  });

  it('stops at the first Ctrl-C when nobody is connected, and writes JSON lines where they are asked for', async () => {
    const server = new Gaitway([...START, '--log-format', 'json']);
    await server.said(/Ready at/);
    server.kill('SIGINT');
    const { code, stdout } = await server.ended;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(lines.at(-1)).toEqual({ time: expect.any(String), level: 'info', message: 'Stopped.' });
    expect(code).toBe(0);
  });

  it('is set by its flags', async () => {
    const data = ownFolder();
    const limits = ['--allowed-lateness-ms', '2500', '--keep-windows-days', '30', '--partitions', '3'];
    const server = new Gaitway([...START, ...limits], { data });
    const [, url] = await server.said(/Ready at (http:\S+?)\. /);
    const { stdout: token } = await gaitway(['token', 'viewer', '--role', 'operator'], { data });
    const headers = { authorization: `Bearer ${token.trim()}` };
    const settings = await (await fetch(`${url}/v1/settings`, { headers })).json();
    expect(settings).toMatchObject({
      ...{ allowedLatenessMs: 2500, partitions: 3 },
      retention: { windowsMs: 30 * 86_400_000 },
    });
  });

  it('lets a client in with a token that gaitway token minted', async () => {
    const data = ownFolder();
    const server = new Gaitway(START, { data });
    const [, url] = await server.said(/Ready at (http:\S+?)\. /);
    const { stdout: token } = await gaitway(['token', 'viewer', '--role', 'operator'], { data });
    const answer = await fetch(`${url}/v1/settings`, {
      headers: { authorization: `Bearer ${token.trim()}` },
    });
    expect(answer.status).toBe(200);
    const stranger = await gaitway(['fleet', '--target', url!, '--patients', '1']);
    expect(unbroken(stranger.stderr)).toMatch(/refuses tokens .*GAITWAY_TOKEN_SECRET/);
    expect(stranger.code).toBe(104);
  });
});

/** What an operator asks a server that keeps its secret in this folder. */
async function operatorOf(url: string, data: string): Promise<ArchiveOverHttp> {
  const { stdout: token } = await gaitway(['token', 'viewer', '--role', 'operator'], { data });
  return new ArchiveOverHttp(url, token.trim());
}

describe('stores that were begun before', () => {
  it.runIf(FULL)(
    'are refused with other settings, and archive later what was in an open window',
    async () => {
      const data = ownFolder();
      const start = (partitions: string, seconds: string) => [
        ...START,
        ...['--partitions', partitions, '--window-seconds', seconds],
      ];
      const first = new Gaitway(start('3', '3600'), { data });
      const [, url] = await first.said(/Ready at (http:\S+?)\. /);
      const fleet = new Gaitway(['fleet', '--target', url!, '--patients', '5', '--slot', '1s'], { data });
      const appended = async () => {
        const text = await (await fetch(`${url}/metrics`)).text();
        return Number(/^gaitway_append_batch_readings_sum (\d+)/m.exec(text)?.[1] ?? 0);
      };
      await expect.poll(appended, { timeout: 600_000 }).toBeGreaterThan(20);
      const acknowledged = await appended();
      fleet.kill('SIGKILL');
      await fleet.ended;
      first.kill('SIGTERM');
      expect((await first.ended).code).toBe(0);

      const others = await gaitway(start('2', '3600'), { data });
      expect(unbroken(others.stderr)).toMatch(
        /was begun with --partitions 3; this server was asked for --partitions 2, .* Start with --partitions 3, or name another data folder \(--data\)/,
      );
      expect(others.code).toBe(104);
      const shorter = await gaitway(start('3', '5'), { data });
      expect(unbroken(shorter.stderr)).toMatch(/was begun with --window-seconds 3600;/);
      expect(shorter.code).toBe(104);

      const again = new Gaitway(start('3', '3600'), { data });
      const [, urlAgain] = await again.said(/Ready at (http:\S+?)\. /);
      const operator = await operatorOf(urlAgain!, data);
      await operator.closeOpenWindows(600_000, (ms) => new Promise((resolve) => setTimeout(resolve, ms)));
      let stored = 0;
      for await (const page of operator.windows(0, Date.now() + 86_400_000)) {
        for (const { identities } of page) {
          for (const { fromSeq, toSeq } of identities) stored += toSeq - fromSeq + 1;
        }
      }
      expect(stored).toBeGreaterThanOrEqual(acknowledged);
    },
  );

  it.runIf(FULL)('count windows from the first now, not from each', async () => {
    const data = ownFolder();
    const origins: number[] = [];
    for (const _ of ['first', 'again']) {
      const server = new Gaitway([...START, '--window-origin', 'now'], { data });
      const [, url] = await server.said(/Ready at (http:\S+?)\. /);
      origins.push((await (await operatorOf(url!, data)).settings()).window.windowOriginMs);
      server.kill('SIGTERM');
      await server.ended;
    }
    expect(origins[0]).toBeGreaterThan(0);
    expect(origins[1]).toBe(origins[0]);
    const epoch = await gaitway(START, { data });
    expect(unbroken(epoch.stderr)).toMatch(
      /was begun with --window-origin 2\S+Z; this server was asked for --window-origin epoch,/,
    );
    expect(epoch.code).toBe(104);
  });
});

describe('a model that cannot be used', () => {
  it.runIf(FULL)('is told with its file, its field and what to do', async () => {
    const data = ownFolder();
    mkdirSync(data, { recursive: true });
    const file = join(data, 'model.json');
    writeFileSync(file, '{"format": 9}');
    const { code, stderr } = await gaitway([...START, '--model-file', file], { data });
    expect(unbroken(stderr)).toMatch(
      /model\.json has format 9 in field 'format'; this version reads format 1/,
    );
    expect(code).toBe(104);
  });

  it.runIf(FULL)('because no built-in one has its name, is told with those that there are', async () => {
    const { code, stderr } = await gaitway([...START, '--model', 'best'], { data: ownFolder() });
    expect(unbroken(stderr)).toMatch(/No built-in model is called 'best'\. There are: second-1\./);
    expect(code).toBe(104);
  });
});

describe('a data folder that cannot be used', () => {
  it('because another process holds it, is told with that process', async () => {
    const data = ownFolder();
    const first = new Gaitway(START, { data });
    await first.said(/Ready at/);
    const { code, stderr } = await gaitway(START, { data });
    expect(unbroken(stderr)).toMatch(
      new RegExp(`held by another server \\(process ${first.pid}\\)\\. Stop that one`),
    );
    expect(code).toBe(104);
  });

  it.runIf(FULL)('because an older version wrote it, is told with both versions', async () => {
    const data = ownFolder();
    mkdirSync(join(data, 'server'));
    writeFileSync(join(data, 'server', 'format-version'), '0\n');
    const { code, stderr } = await gaitway(START, { data });
    expect(unbroken(stderr)).toMatch(/is of format 0; this version reads format 1\. Start the older version/);
    expect(code).toBe(104);
  });

  it.runIf(FULL)('because it is read-only, is told with what to do', async () => {
    const data = ownFolder();
    // An administrator may write anywhere; the server goes by the mode all the same.
    mkdirSync(join(data, 'server'), { mode: 0o555 });
    const { code, stderr } = await gaitway(START, { data });
    expect(unbroken(stderr)).toMatch(/cannot be written.*Give this user the right/);
    expect(code).toBe(104);
  });

  it.runIf(FULL)('because a part of its path is a file, is told with what to do', async () => {
    const data = ownFolder();
    writeFileSync(join(data, 'server'), '');
    const { code, stderr } = await gaitway(START, { data });
    expect(unbroken(stderr)).toMatch(/is a file\. Name another folder/);
    expect(code).toBe(104);
  });
});
