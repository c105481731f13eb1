import { describe, expect, it } from 'vitest';
import { patientOf } from '../archive/archive-samples.fixture.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import type { InsightRequest } from './insight-job.ts';
import { InsightSchedule, periodEndMs } from './insight-schedule.ts';
import type { Enqueued } from './job-queue.ts';

const HOUR_MS = 3600_000;
const SETTLE_MS = 61_000;
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function scheduleOf(patients: number, answer: (asked: InsightRequest) => Enqueued = () => 'queued') {
  const archive = new MemoryArchive();
  await archive.savePatients(Array.from({ length: patients }, (_, i) => patientOf(`p${i}`, 'north')));
  const clock = createManualClock();
  const asked: InsightRequest[] = [];
  const warnings: string[] = [];
  const schedule = new InsightSchedule({
    ...{ archive, clock, everyMs: HOUR_MS, settleMs: SETTLE_MS },
    warn: (says) => warnings.push(says),
    request: async (request) => {
      const outcome = answer(request);
      if (outcome !== 'full') asked.push(request);
      return outcome;
    },
  });
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 1000) {
      clock.passMs(1000);
      await settle();
    }
  };
  return { archive, clock, schedule, asked, warnings, pass };
}

describe('the schedule of insights', () => {
  it('asks for everyone once in a period: at the start for the newest, and then as each period ends', async () => {
    const { clock, schedule, asked, pass } = await scheduleOf(1100);
    const startMs = clock.epochMs();
    schedule.start();
    await settle();
    expect(asked).toHaveLength(1100);
    for (const { patient, fromMs, toMs, scheduled } of asked) {
      expect(scheduled).toBe(true);
      expect(toMs - fromMs).toBe(HOUR_MS);
      expect(toMs).toBe(periodEndMs(patient, HOUR_MS, startMs - SETTLE_MS));
      expect(toMs).toBeLessThanOrEqual(startMs - SETTLE_MS);
    }
    await pass(2 * HOUR_MS);
    const identities = asked.map(({ patient, toMs }) => `${patient} ${toMs}`);
    expect(new Set(identities).size).toBe(identities.length);
    // Thirty seconds at the end may be still to come for some.
    expect(asked.length).toBeGreaterThan(3 * 1100 - 30);
    expect(asked.length).toBeLessThanOrEqual(3 * 1100);
    await schedule.stop();
  });

  it('spreads the ends over the period, so that not all are written at once', async () => {
    const { schedule, asked } = await scheduleOf(600);
    schedule.start();
    await settle();
    const minutes = new Set(asked.map(({ toMs }) => Math.floor((toMs % HOUR_MS) / 60_000)));
    expect(minutes.size).toBeGreaterThan(50);
    await schedule.stop();
  });

  it('goes on behind the last when the queue was full, and leaves nobody out', async () => {
    let room = 100;
    const { schedule, asked, pass } = await scheduleOf(250, () => (room-- > 0 ? 'queued' : 'full'));
    schedule.start();
    await settle();
    expect(asked).toHaveLength(100);
    room = 100;
    await pass(1000);
    room = 100;
    await pass(1000);
    expect(new Set(asked.map(({ patient }) => patient)).size).toBe(250);
    await schedule.stop();
  });

  it('tries again when the archive did not answer', async () => {
    const { archive, schedule, asked, warnings, pass } = await scheduleOf(3);
    const patients = archive.patients.bind(archive);
    archive.patients = () => Promise.reject(new Error('away'));
    schedule.start();
    await settle();
    expect(warnings).toEqual(['insights: who is due is not known: away']);
    archive.patients = patients;
    await pass(1000);
    expect(asked).toHaveLength(3);
    await schedule.stop();
  });
});
