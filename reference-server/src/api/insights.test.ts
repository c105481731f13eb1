import type { Insight } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { insightOf } from '../archive/archive-samples.fixture.ts';
import { insightId } from '../insight/insight-service.ts';
import type { InsightRequest } from '../jobs/insight-job.ts';
import type { Enqueued } from '../jobs/job-queue.ts';
import { FIRST_MS, MINUTE_MS, openApiUnderTest } from './api.fixture.ts';

const HOUR_MS = 60 * MINUTE_MS;
const url = '/v1/patients/ada/insights';

async function underTest(outcome: Enqueued = 'queued', spanMsMax = 24 * HOUR_MS) {
  const asked: InsightRequest[] = [];
  const insights = {
    spanMsMax,
    request: async (request: InsightRequest) => {
      asked.push(request);
      return outcome;
    },
  };
  return { asked, ...(await openApiUnderTest({ insights })) };
}

describe('insights', () => {
  it('are asked for as a job about the last whole minutes, an hour unless more is wanted', async () => {
    const { ask, asked, clock } = await underTest();
    clock.passMs(12_345);
    const toMs = FIRST_MS + 5 * MINUTE_MS;
    const { status, body } = await ask('doctor', 'POST', url);
    expect(status).toBe(202);
    expect(body).toEqual({ insight: insightId('ada', toMs), fromMs: toMs - HOUR_MS, toMs, state: 'queued' });
    await ask('patient', 'POST', `${url}?hours=24`);
    expect(asked).toEqual([
      { patient: 'ada', fromMs: toMs - HOUR_MS, toMs, scheduled: false },
      { patient: 'ada', fromMs: toMs - 24 * HOUR_MS, toMs, scheduled: false },
    ]);
  });

  it('never span more windows than are read for one', async () => {
    const { ask, asked } = await underTest('queued', 3 * HOUR_MS);
    await ask('doctor', 'POST', `${url}?hours=24`);
    expect(asked[0]!.toMs - asked[0]!.fromMs).toBe(3 * HOUR_MS);
  });

  it('that are there are answered at once, and asked of nobody', async () => {
    const { ask, asked, archive } = await underTest();
    const toMs = FIRST_MS + 5 * MINUTE_MS;
    const there: Insight = { ...insightOf('ada', toMs), id: insightId('ada', toMs) };
    await archive.saveInsight(there);
    expect(await ask('doctor', 'POST', url)).toMatchObject({ status: 200, body: there });
    expect(asked).toEqual([]);
  });

  it('beyond what may wait are turned away with the time to wait', async () => {
    const { ask } = await underTest('full');
    const { status, headers, body } = await ask('doctor', 'POST', url);
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(body).toMatchObject({ type: 'urn:gaitway:problem:not_ready' });
  });

  it('are asked for within bounds', async () => {
    const { ask } = await underTest();
    for (const hours of ['0', '25', 'x', '1.5']) {
      expect((await ask('doctor', 'POST', `${url}?hours=${hours}`)).status).toBe(400);
    }
  });

  it.each([
    ['operator', 202],
    ['doctor', 202],
    ['patient', 202],
    ['caregiver', 404],
    ['stranger', 404],
    ['device', 403],
  ] as const)('of Ada are for who may see Ada: %s gets %i', async (who, expected) => {
    const { ask, asked, archive } = await underTest();
    await archive.saveInsight(insightOf('ada', FIRST_MS));
    expect((await ask(who, 'POST', url)).status).toBe(expected);
    const { status, body } = await ask(who, 'GET', url);
    expect(status).toBe(expected === 202 ? 200 : expected);
    expect(asked).toHaveLength(expected === 202 ? 1 : 0);
    if (status !== 200) expect(JSON.stringify(body)).not.toContain('insight.');
  });

  it('are listed in pages by the end of their period, of the last day unless more is asked for', async () => {
    const { ask, archive } = await underTest();
    const all = [0, 1, 2].map((minute) => insightOf('ada', FIRST_MS + minute * MINUTE_MS));
    const old = insightOf('ada', FIRST_MS - 25 * HOUR_MS);
    for (const insight of [old, ...all, insightOf('ben', FIRST_MS)]) await archive.saveInsight(insight);
    const first = (await ask('doctor', 'GET', `${url}?limit=2`)).body as {
      insights: Insight[];
      nextCursor: string;
    };
    expect(first.insights).toEqual(all.slice(0, 2));
    const second = (await ask('doctor', 'GET', `${url}?limit=2&cursor=${first.nextCursor}`)).body;
    expect(second).toEqual({ insights: all.slice(2), nextCursor: null });
    expect((await ask('doctor', 'GET', `${url}?from=0`)).status).toBe(400);
    const days = await ask('doctor', 'GET', `${url}?from=${FIRST_MS - 48 * HOUR_MS}&to=${FIRST_MS + 1}`);
    expect((days.body as { insights: Insight[] }).insights).toEqual([old, all[0]]);
  });
});
