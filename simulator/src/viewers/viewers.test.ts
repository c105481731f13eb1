import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock, WatchTarget } from '@gaitway/contract';
import { realClock } from '@gaitway/reference-server/real-clock';
import { type Namespace, Server } from 'socket.io';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LatencyRecorder } from '../latency/latency-recorder.ts';
import type { EncodedSightFreshness } from './sight-freshness.ts';
import type { ViewerPlan } from './viewer-plan.ts';
import { Viewers } from './viewers.ts';

let io: Server;
let live: Namespace;
let url: string;
let viewers: Viewers | undefined;
const watched: WatchTarget[] = [];
/** How often p8 is answered that nobody knows now. */
let unavailable: number;

beforeEach(async () => {
  const http = createServer();
  io = new Server(http, { transports: ['websocket'] });
  live = io.of('/live');
  watched.length = 0;
  sinceNoonMs = 0;
  unavailable = 1;
  live.on('connection', (socket) => {
    socket.on('watch', (target: WatchTarget, answer: (value: unknown) => void) => {
      watched.push(target);
      const patient = 'patient' in target ? target.patient : undefined;
      if (patient === 'p9') answer({ watching: false, code: 'not_allowed' });
      else if (patient === 'p8' && unavailable-- > 0) {
        answer({ watching: false, code: 'unavailable', retryAfterMs: 1 });
      } else answer({ watching: true });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});

afterEach(async () => {
  viewers?.finish(NOW_MS);
  viewers = undefined;
  await io.close();
});

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

/** The wall stands at noon, or as long after it as the test says; timers are real, since sockets are. */
let sinceNoonMs: number;
const clock: Clock = { ...realClock, epochMs: () => NOW_MS, monotonicMs: () => sinceNoonMs };

/** The first reading of the measure phase is due 200 ms before noon. */
const SLOT_MS = 5000;
const SIGHTS = {
  ...{ firstSlotMs: NOW_MS - 5200, slotMs: SLOT_MS },
  ...{ firstWindowMs: NOW_MS - 70_000, windowMs: 60_000 },
};

async function start(...plans: ViewerPlan[]): Promise<Viewers> {
  const begun = begin(...plans);
  const asked = plans.reduce((sum, { targets }) => sum + targets.length, 0);
  await vi.waitFor(() => {
    const { watching, refused } = begun.snapshot();
    expect(watching + refused).toBe(asked);
  });
  return begun;
}

function begin(...plans: ViewerPlan[]): Viewers {
  const phases = {
    connectMs: NOW_MS - 60_000,
    startMs: NOW_MS - 50_000,
    measureFromMs: NOW_MS - 30_000,
    measureToMs: NOW_MS + 30_000,
    drainToMs: NOW_MS + 60_000,
  };
  viewers = new Viewers({
    clock,
    urls: [url],
    plans,
    phases,
    tokenOf: ({ claims }) => claims.viewer,
    wardOf: (patient) => (patient === 'p7' ? 'w2' : 'w1'),
    patientsOf: (ward) => (ward === 'w1' ? ['p1', 'p2'] : ['p7']),
    sightsOf: () => SIGHTS,
  });
  viewers.start();
  return viewers;
}

const DOCTOR: ViewerPlan = {
  claims: { role: 'doctor', viewer: 'd', patients: [], wards: ['w1'] },
  targets: [{ ward: 'w1' }],
};

const reading = (patient: string, startMs: number) => ({ patient, ward: 'w1', startMs, slotMs: SLOT_MS });
const window = (patient: string, closedAtMs: number, revision = 1) => ({
  ...{ patient, ward: 'w1', revision, closedAtMs },
  startMs: NOW_MS - 70_000,
});

function summaryOf({ freshness, series, ...counts }: EncodedSightFreshness) {
  return { ...LatencyRecorder.decode(freshness).summary(), ...counts };
}

describe('viewers', () => {
  it('measure how old a reading and a window are when they are seen, within the measure phase', async () => {
    const seen = await start(DOCTOR);
    live.emit('reading', reading('p1', NOW_MS - 5200));
    live.emit('window', window('p1', NOW_MS - 900));
    live.emit('window', window('p1', NOW_MS - 900, 2));
    live.emit('window', window('p2', NOW_MS - 31_000));
    await vi.waitFor(() => expect(seen.snapshot().updates).toBe(4));
    const { readings, windows } = seen.finish(NOW_MS - 100);
    // Of p2 no reading was shown; its window closed before the measure phase, and a later revision is none anew.
    expect(summaryOf(readings)).toMatchObject({
      count: 2,
      minMs: expect.closeTo(200, 0),
      maxMs: 200,
      seen: 1,
      neverSeen: 1,
    });
    expect(summaryOf(windows)).toMatchObject({ count: 1, maxMs: 900, seen: 1 });
  });

  it('say when the first of them got what is said of a window, and since when it had been watching', async () => {
    const seen = await start(DOCTOR, { claims: { ...DOCTOR.claims, viewer: 'e' }, targets: DOCTOR.targets });
    const startMs = NOW_MS - 70_000;
    sinceNoonMs += 40;
    live.emit('assessment', { patient: 'p1', startMs, revision: 1 });
    live.emit('assessment', { patient: 'p2', startMs, revision: 2 });
    live.emit('assessment', { patient: 'p7', startMs, revision: 1 });
    await vi.waitFor(() => expect(seen.snapshot().updates).toBe(6));
    sinceNoonMs += 40;
    live.emit('assessment', { patient: 'p1', startMs, revision: 2 });
    await vi.waitFor(() => expect(seen.snapshot().updates).toBe(8));
    const { observations } = seen.finish(NOW_MS + 100);
    const [first, other, ...more] = observations.assessments;
    expect(more).toEqual([]);
    expect(first).toEqual({ patient: 'p1', startMs, seenAtMs: NOW_MS + 40, watchedSinceMs: NOW_MS });
    expect(other).toEqual({ patient: 'p2', startMs, seenAtMs: NOW_MS + 40, watchedSinceMs: null });
  });

  it('hand the audit what each viewer watches, what it saw, and what it should not have seen', async () => {
    const seen = await start(DOCTOR);
    live.emit('reading', reading('p1', NOW_MS - 5000));
    live.emit('alert', { patient: 'p7', atMs: NOW_MS - 100 });
    await vi.waitFor(() => expect(seen.snapshot().updates).toBe(2));
    const { observations } = seen.finish(NOW_MS);
    expect(observations.forbidden).toBe(1);
    expect(observations.forbiddenExamples[0]).toMatchObject({ viewer: 'd', kind: 'alert', patient: 'p7' });
    expect(Object.fromEntries(observations.viewers[0]!.seen)).toMatchObject({
      p1: { watching: true, readingMs: NOW_MS - 5000 },
      p2: { watching: true, readingMs: -1 },
    });
  });

  it('count a watch that was refused, and come back and watch again after their connection was lost', async () => {
    const seen = await start({
      claims: { role: 'caregiver', viewer: 'c', patients: ['p1', 'p9'], wards: [] },
      targets: [{ patient: 'p1' }, { patient: 'p9' }],
    });
    expect(seen.snapshot()).toMatchObject({ connected: 1, watching: 1, refused: 1 });
    for (const socket of live.sockets.values()) socket.conn.close();
    await vi.waitFor(() => expect(watched).toHaveLength(4), { timeout: 60_000 });
    await vi.waitFor(() => expect(seen.snapshot()).toMatchObject({ connected: 1, watching: 1, refused: 2 }));
  });

  it('know nothing while they are away, and say how old what they missed was when they were back', async () => {
    const seen = await start(DOCTOR);
    const show = (slot: number) => live.emit('reading', reading('p1', NOW_MS - 5200 + slot * SLOT_MS));
    show(0);
    await vi.waitFor(() => expect(seen.snapshot().updates).toBe(1));
    for (const socket of live.sockets.values()) socket.conn.close();
    await vi.waitFor(() => expect(watched).toHaveLength(2), { timeout: 60_000 });
    sinceNoonMs = 3 * SLOT_MS;
    show(3);
    live.emit('newest', [{ window: window('p1', NOW_MS + 1000) }]);
    await vi.waitFor(() => expect(seen.snapshot().updates).toBe(3));
    const { readings, windows } = seen.finish(NOW_MS + 3 * SLOT_MS);
    // Two readings of p1 were passed over, 10.2 s and 5.2 s after they were due; p2 was never shown.
    expect(summaryOf(readings)).toMatchObject({ count: 8, seen: 2, superseded: 2, neverSeen: 4 });
    expect(readings.series.seconds.length).toBeGreaterThan(0);
    expect(summaryOf(windows)).toMatchObject({ seen: 1, maxMs: 3 * SLOT_MS - 1000 });
  });

  it('ask again for a watch of which nobody knew whether it is allowed', async () => {
    unavailable = 2;
    const seen = await start({
      claims: { role: 'doctor', viewer: 'd', patients: [], wards: ['w1'] },
      targets: [{ patient: 'p8' }, { ward: 'w1' }],
    });
    expect(seen.snapshot()).toMatchObject({ connected: 1, watching: 2, refused: 0 });
    expect(watched.filter((target) => 'patient' in target)).toHaveLength(3);
  });

  it('count whom they were never let watch like one of whom they are shown nothing', async () => {
    const seen = await start({
      claims: { role: 'caregiver', viewer: 'c', patients: ['p1', 'p9'], wards: [] },
      targets: [{ patient: 'p1' }, { patient: 'p9' }],
    });
    live.emit('reading', reading('p1', NOW_MS - 5200));
    await vi.waitFor(() => expect(seen.snapshot().updates).toBe(1));
    const { readings, observations } = seen.finish(NOW_MS - 100);
    expect(Object.fromEntries(observations.viewers[0]!.seen)).toMatchObject({
      p1: { asked: true, watching: true },
      p9: { asked: true, watching: false, readingMs: -1 },
    });
    expect(summaryOf(readings)).toMatchObject({ seen: 1, neverSeen: 1 });
  });

  it('do not leave before every watch was answered, or the time for it has passed', async () => {
    unavailable = Number.POSITIVE_INFINITY;
    const plan: ViewerPlan = {
      claims: { role: 'caregiver', viewer: 'c', patients: ['p8'], wards: [] },
      targets: [{ patient: 'p8' }],
    };
    const seen = begin(plan, DOCTOR);
    await vi.waitFor(() => expect(seen.snapshot().watching).toBe(1));
    let settled = false;
    const settling = seen.settle(0, 10).then(() => {
      settled = true;
    });
    for (let asked = watched.length; watched.length < asked + 5; ) await new Promise(setImmediate);
    expect(settled).toBe(false);
    sinceNoonMs = 10;
    await settling;
    const waiting = seen.settle(0, 600_000);
    unavailable = 0;
    await waiting;
    expect(seen.snapshot()).toMatchObject({ watching: 2, refused: 0 });
  });

  it('come back after a server that sent them away, or was full for a while', async () => {
    const seen = await start(DOCTOR);
    let full = 1;
    live.use((_socket, next) => {
      if (full-- > 0) next(Object.assign(new Error('full'), { data: { code: 'full' } }));
      else next();
    });
    sinceNoonMs += 500;
    live.disconnectSockets();
    await vi.waitFor(() => expect(watched).toHaveLength(2), { timeout: 60_000 });
    await vi.waitFor(() => expect(seen.snapshot()).toMatchObject({ connected: 1, watching: 1, refused: 1 }));
    // Of what came while they were away they know nothing.
    live.emit('assessment', { patient: 'p1', startMs: NOW_MS - 70_000, revision: 1 });
    await vi.waitFor(() => expect(seen.snapshot().updates).toBe(1));
    expect(seen.finish(NOW_MS + 600).observations.assessments).toMatchObject([
      { watchedSinceMs: NOW_MS + 500 },
    ]);
  });

  it('note that the server found them too slow', async () => {
    const seen = await start(DOCTOR);
    live.emit('slow', { dropped: 12 });
    await vi.waitFor(() => expect(seen.snapshot()).toMatchObject({ slow: 1, missed: 12 }));
  });
});
