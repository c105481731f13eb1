import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Harness, metric, SHORT_WINDOWS, until, viewerToken } from '../gateway/running-server.fixture.ts';
import { sharedStores } from '../gateway/shared-stores.fixture.ts';
import { ChatApiUnderTest, says } from '../insight/chat-api.fixture.ts';
import type { RunningServer } from '../server.ts';
import { INSIGHT_SETTINGS_DEFAULT, type ServerSettings } from '../settings.ts';

const redisUrl = process.env.GAITWAY_REDIS_URL;
const mongoUrl = process.env.GAITWAY_MONGO_URL;
const harness = new Harness();
let api: ChatApiUnderTest;
beforeEach(async () => {
  api = await ChatApiUnderTest.start();
  harness.later(() => api.stop());
});
afterEach(() => harness.end());

const SENTENCE = {
  text: 'Walking could not be assessed in any window.',
  supports: ['statistic:gait:now'],
  predicate: { kind: 'windows', condition: 'gait', which: 'assessable', comparison: 'equals', value: 0 },
};
const doctor = viewerToken('doctor', [], ['w1']);
const settingsWith = (over: Partial<ServerSettings['insights']> = {}): Partial<ServerSettings> => ({
  ...SHORT_WINDOWS,
  insights: { ...INSIGHT_SETTINGS_DEFAULT, apiUrl: api.baseUrl, model: 'm-1', ...over },
});

async function ask(server: RunningServer, token: string, method = 'POST', patient = 'p1') {
  const response = await fetch(`${server.url}/v1/patients/${patient}/insights`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('a server', () => {
  it('writes what is asked for, once, and tells those who watch the patient and may', async () => {
    api.play = says([SENTENCE]);
    const server = await harness.start(settingsWith());
    await (await harness.device(server, 1)).report();
    const viewer = await harness.viewer(server, doctor);
    await viewer.watch({ ward: 'w1' });
    const stranger = await harness.viewer(server, viewerToken('doctor', [], ['w2']));
    await stranger.watch({ ward: 'w2' });
    await stranger.watch({ patient: 'p1' });
    await until(async () => (await ask(server, doctor, 'GET')).status === 200);

    const asked = await ask(server, doctor);
    expect(asked.status).toBe(202);
    const [insight] = await until(() => viewer.all('insight').length > 0 && viewer.all('insight'));
    expect(insight).toMatchObject({ id: asked.body.insight, writer: 'model', sentences: [SENTENCE] });
    expect((await ask(server, doctor, 'GET')).body).toEqual({ insights: [insight], nextCursor: null });
    expect(await metric(server, 'gaitway_insight_calls_total')).toBe(api.calls.length);
    expect(await metric(server, 'gaitway_updates_published_total{kind="insight"}')).toBe(
      viewer.all('insight').length,
    );
    expect(stranger.all('insight')).toEqual([]);
    expect((await ask(server, viewerToken('doctor', [], ['w2']))).status).toBe(404);
  });

  it('writes by the clock of those who have windows', async () => {
    const server = await harness.start({
      ...SHORT_WINDOWS,
      // A period is as short as it never is for a person, so that it ends while the test waits for it.
      insights: { ...INSIGHT_SETTINGS_DEFAULT, everyMs: 2000 },
    });
    const device = await harness.device(server, 1);
    const viewer = await harness.viewer(server, doctor);
    await viewer.watch({ ward: 'w1' });
    const [insight] = await until(async () => {
      await device.report();
      return viewer.all('insight').length > 0 && viewer.all('insight');
    });
    expect(insight!.toMs - insight!.fromMs).toBe(2000);
    expect(insight!.cited.some((item) => item.kind === 'statistic' && item.windows > 0)).toBe(true);
  });
});

describe.runIf(redisUrl && mongoUrl)('instances on Redis and MongoDB', () => {
  it('one is asked, another writes, and who watches at the first is told', async () => {
    api.play = says([SENTENCE]);
    const shared = {
      ...sharedStores(harness, redisUrl!, mongoUrl!),
      partitions: 2,
      leaseTtlMs: 1000,
    };
    const front = await harness.start({
      ...settingsWith(),
      ...shared,
      ...{ instance: 'front', roles: ['gateway', 'api'] },
    });
    const back = await harness.start({
      ...settingsWith(),
      ...shared,
      instance: 'back',
      roles: ['processor'],
    });
    await (await harness.device(front, 1)).report();
    const viewer = await harness.viewer(front, doctor);
    expect(await viewer.watch({ ward: 'w1' })).toEqual({ watching: true });
    await until(async () => (await ask(front, doctor, 'GET')).status === 200);
    expect((await ask(front, doctor)).status).toBe(202);
    await until(async () => {
      const { insights } = (await ask(front, doctor, 'GET')).body as { insights: unknown[] };
      return insights.length > 0;
    });
    await until(() => viewer.all('insight').length > 0);
    expect(viewer.all('insight')[0]).toMatchObject({ patient: 'p1', writer: 'model' });
    expect(await metric(back, 'gaitway_insight_calls_total')).toBeGreaterThanOrEqual(1);
    expect(await metric(front, 'gaitway_insight_calls_total')).toBe(0);
  });
});
