import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONDITIONS, FrameKind, NAMESPACE, type NewestWindow, type PatientProfile } from '@gaitway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SocketFanOut } from '../fanout/socket-fan-out.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { realClock } from '../real-clock.ts';
import type { RunningServer } from '../server.ts';
import {
  connected,
  type DeviceClient,
  Harness,
  metric,
  refusal,
  roundTrip,
  SECRET,
  SHORT_WINDOWS,
  until,
  type ViewerClient,
  viewerToken,
} from './running-server.fixture.ts';
import { closeSocketServer, socketServer } from './socket-server.ts';
import { ViewerGateway } from './viewer-gateway.ts';

const YES = { watching: true };
const NOT_ALLOWED = {
  watching: false,
  code: 'not_allowed',
  says: 'the token does not allow to see this patient or ward',
};

/** Reports until the promise is settled, so that event time goes on. */
async function reporting<T>(devices: DeviceClient[], done: Promise<T>): Promise<T> {
  let over = false;
  void done
    .catch(() => {})
    .finally(() => {
      over = true;
    });
  while (!over) {
    await Promise.all(devices.map((device) => device.report()));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return done;
}

describe('viewers', () => {
  const harness = new Harness();
  let server: RunningServer;
  let one: DeviceClient;
  let two: DeviceClient;
  let far: DeviceClient;
  beforeAll(async () => {
    server = await harness.start(SHORT_WINDOWS);
    one = await harness.device(server, 1, 'w1');
    two = await harness.device(server, 2, 'w1');
    far = await harness.device(server, 3, 'w2');
    const doctor = await harness.viewer(server, viewerToken('doctor', [], ['w1', 'w2']));
    for (const patient of ['p1', 'p2', 'p3']) {
      await until(async () => ((await doctor.watch({ patient })) as { watching: boolean }).watching);
    }
    doctor.socket.disconnect();
  });
  afterAll(() => harness.end());

  it.each<[string, ViewerTokenArguments, unknown, unknown]>([
    ['a patient watches themself', ['patient', ['p1']], { patient: 'p1' }, YES],
    ['a patient does not watch another', ['patient', ['p1']], { patient: 'p2' }, NOT_ALLOWED],
    ['a patient does not watch their ward', ['patient', ['p1']], { ward: 'w1' }, NOT_ALLOWED],
    ['a caregiver watches each of theirs', ['caregiver', ['p1', 'p3']], { patient: 'p3' }, YES],
    ['a caregiver does not watch another', ['caregiver', ['p1', 'p3']], { patient: 'p2' }, NOT_ALLOWED],
    ['a doctor watches a ward', ['doctor', [], ['w1']], { ward: 'w1' }, YES],
    ['a doctor watches one patient of a ward', ['doctor', [], ['w1']], { patient: 'p2' }, YES],
    ['a doctor does not watch another ward', ['doctor', [], ['w1']], { ward: 'w2' }, NOT_ALLOWED],
    [
      'a doctor does not watch a patient of another ward',
      ['doctor', [], ['w1']],
      { patient: 'p3' },
      NOT_ALLOWED,
    ],
    ['a doctor does not watch somebody unknown', ['doctor', [], ['w1']], { patient: 'nobody' }, NOT_ALLOWED],
    ['nobody watches a room by its name', ['doctor', [], ['w1']], { patient: 'ward:w1' }, NOT_ALLOWED],
  ])('%s', async (_, token, target, answer) => {
    const viewer = await harness.viewer(server, viewerToken(...token));
    expect(await viewer.watch(target)).toEqual(answer);
  });

  it.each([
    null,
    undefined,
    'p1',
    1,
    {},
    { patient: 1 },
    { patient: '' },
    { patient: 'p1', ward: 'w1' },
    ['p1'],
  ])('a request to watch %j is answered as a bad one, and the connection goes on', async (target) => {
    const viewer = await harness.viewer(server, viewerToken('patient', ['p1']));
    const answer = {
      watching: false,
      code: 'bad_request',
      says: 'say { patient: "..." } or { ward: "..." }',
    };
    expect(await viewer.watch(target)).toEqual(answer);
    expect(await viewer.unwatch(target)).toEqual(answer);
    viewer.socket.emit('watch', target as never, undefined as never);
    expect(await viewer.watch({ patient: 'p1' })).toEqual(YES);
  });

  it('see a reading at once, and the window and what the models say of it as soon as it closes', async () => {
    const viewer = await harness.viewer(server, viewerToken('doctor', [], ['w1']));
    await viewer.watch({ ward: 'w1' });
    await one.report();
    const [reading] = await until(() => viewer.all('reading').length > 0 && viewer.all('reading'));
    expect(reading).toMatchObject({ patient: 'p1', ward: 'w1', device: 1, slotMs: 1000 });
    await reporting(
      [one, two],
      until(
        () =>
          viewer.all('window').some(({ patient }) => patient === 'p1') && viewer.all('assessment').length > 1,
      ),
    );
    const window = viewer.all('window').find(({ patient }) => patient === 'p1')!;
    expect(window).toMatchObject({ ward: 'w1', revision: 1, complete: true });
    expect(Object.keys(window)).not.toContain('digest');
    const assessment = viewer.all('assessment').find(({ patient }) => patient === 'p1')!;
    expect(assessment.assessment.conditions).toHaveLength(CONDITIONS.length);
  });

  it('see a fall at once', async () => {
    const viewer = await harness.viewer(server, viewerToken('caregiver', ['p2']));
    await viewer.watch({ patient: 'p2' });
    await two.report({ kind: FrameKind.event, slotMs: 0 });
    const [alert] = await until(() => viewer.all('alert').length > 0 && viewer.all('alert'));
    expect(alert).toMatchObject({ patient: 'p2', rule: 'fall', state: 'raised' });
  });

  it('never get a patient that they may not see, nor one that they do not watch any more', async () => {
    const all = await harness.viewer(server, viewerToken('doctor', [], ['w1', 'w2']));
    await all.watch({ ward: 'w1' });
    await all.watch({ ward: 'w2' });
    const patient = await harness.viewer(server, viewerToken('patient', ['p1']));
    await patient.watch({ patient: 'p1' });
    await patient.watch({ patient: 'p2' });
    await patient.watch({ ward: 'w1' });
    const left = await harness.viewer(server, viewerToken('doctor', [], ['w1', 'w2']));
    await left.watch({ ward: 'w1' });
    await left.watch({ patient: 'p3' });
    await left.unwatch({ ward: 'w1' });
    const nothing = await harness.viewer(server, viewerToken('doctor', [], ['w1', 'w2']));
    const from = left.seen.length;
    await reporting(
      [one, two, far],
      until(() => all.all('window').length >= 6),
    );
    for (const viewer of [patient, left, nothing]) await roundTrip(viewer);
    const whom = (viewer: ViewerClient, since = 0) =>
      new Set(
        viewer.seen
          .slice(since)
          .flatMap(({ event, value }) =>
            event === 'newest'
              ? value.map(({ window }) => window.patient)
              : 'patient' in value
                ? value.patient
                : [],
          ),
      );
    expect(whom(all)).toEqual(new Set(['p1', 'p2', 'p3']));
    expect(whom(patient)).toEqual(new Set(['p1']));
    expect(whom(left, from)).toEqual(new Set(['p3']));
    expect(nothing.seen).toEqual([]);
  });

  it('who watch a patient and the ward get everything once', async () => {
    const viewer = await harness.viewer(server, viewerToken('doctor', ['p1'], ['w1']));
    await viewer.watch({ patient: 'p1' });
    await viewer.watch({ ward: 'w1' });
    await one.report();
    await until(() => viewer.all('reading').length > 0);
    await roundTrip(viewer);
    expect(viewer.all('reading')).toHaveLength(1);
  });

  it('get the newest window that the archive has when they begin to watch: of a patient, and of each in a ward', async () => {
    const before = await harness.viewer(server, viewerToken('doctor', [], ['w1']));
    await before.watch({ ward: 'w1' });
    const closed = (patient: string) => before.all('window').filter((window) => window.patient === patient);
    await reporting(
      [one, two],
      until(() => closed('p1').length > 1 && closed('p2').length > 1),
    );
    const seen = closed('p1').at(-1)!;
    const own = await harness.viewer(server, viewerToken('patient', ['p1']));
    expect(await own.watch({ patient: 'p1' })).toEqual(YES);
    const [[newest]] = (await until(() => own.all('newest').length > 0 && own.all('newest'))) as [
      [NewestWindow],
    ];
    expect(newest).toMatchObject({ window: { patient: 'p1' }, assessment: { patient: 'p1' } });
    expect(newest.window.startMs).toBeGreaterThanOrEqual(seen.startMs);
    // Another window may have closed since: whoever watched all the time sees it too.
    await until(() => closed('p1').some(({ startMs }) => startMs === newest.window.startMs));
    const doctor = await harness.viewer(server, viewerToken('doctor', [], ['w1', 'w2']));
    await doctor.watch({ ward: 'w1' });
    const [windows] = await until(() => doctor.all('newest').length > 0 && doctor.all('newest'));
    expect(windows!.map(({ window }) => window.patient).sort()).toEqual(['p1', 'p2']);
  });

  it('may poll, and may begin with polling and go on with a WebSocket', async () => {
    const polling = await harness.viewer(server, viewerToken('patient', ['p1']), { transports: ['polling'] });
    const upgrading = await harness.viewer(server, viewerToken('patient', ['p1']), {
      transports: ['polling', 'websocket'],
    });
    await until(() => upgrading.socket.io.engine.transport.name === 'websocket');
    for (const viewer of [polling, upgrading]) {
      expect(await viewer.watch({ patient: 'p1' })).toEqual(YES);
    }
    await one.report();
    for (const viewer of [polling, upgrading]) await until(() => viewer.all('reading').length > 0);
    expect(polling.socket.io.engine.transport.name).toBe('polling');
    const stranger = harness.open(server.url, NAMESPACE.live, {}, { transports: ['polling'] });
    expect((await refusal(stranger)).code).toBe('token_missing');
    const device = harness.open(server.url, NAMESPACE.live, { token: viewerToken('patient', ['p1']) });
    await connected(device);
  });
});

type ViewerTokenArguments = Parameters<typeof viewerToken>;

/** The part of `ws` that makes a viewer slow. */
interface PausableSocket {
  pause(): void;
  resume(): void;
}

describe('a viewer that is too slow', () => {
  const harness = new Harness();
  afterAll(() => harness.end());

  it('is told what it missed and gets the newest of each, while others get everything and memory stays', async () => {
    // Windows of a minute: after a stall of the machine short ones would close in a crowd, too many even for who keeps up.
    const server = await harness.start({ deviceRatePerSecond: 1e6, deviceBurst: 1e6 });
    const devices = await Promise.all(Array.from({ length: 10 }, (_, i) => harness.device(server, i + 1)));
    const slow = await harness.viewer(server, viewerToken('doctor', [], ['w1']));
    const other = await harness.viewer(server, viewerToken('doctor', [], ['w1']));
    for (const viewer of [slow, other]) await viewer.watch({ ward: 'w1' });
    // The WebSocket is paused and not its socket, which it would resume itself after a message that took long.
    const { ws } = (slow.socket.io.engine as unknown as { transport: { ws: PausableSocket } }).transport;
    ws.pause();

    let sent = 0;
    let rounds = 0;
    const dropped = () => metric(server, 'gaitway_viewer_updates_dropped_total');
    // What the kernel's buffers take comes first: megabytes.
    for (; (await dropped()) < 2000; rounds++) {
      expect(rounds).toBeLessThan(2000);
      const answers = await Promise.all(
        devices.flatMap((device) => Array.from({ length: 20 }, () => device.report())),
      );
      sent += answers.length;
      for (const answer of answers) expect(answer).toHaveProperty('seq');
      // The other keeps up, however slow this machine is.
      await until(() => other.all('reading').length === sent);
    }
    expect(other.all('slow')).toEqual([]);
    expect(await metric(server, 'gaitway_viewers_slow_total')).toBe(1);

    ws.resume();
    await until(() => slow.all('slow').length > 0);
    const newest = new Map(other.all('reading').map(({ device, seq }) => [device, seq]));
    await until(() => {
      const seen = new Map(slow.all('reading').map(({ device, seq }) => [device, seq]));
      return [...newest].every(([device, seq]) => seen.get(device) === seq);
    });
    const missed = slow.all('slow').reduce((sum, notice) => sum + notice.dropped, 0);
    expect(missed).toBe(await dropped());
    const updates = (viewer: ViewerClient) =>
      viewer.seen.filter(({ event }) => event !== 'slow' && event !== 'newest').length;
    await until(() => updates(slow) + missed === updates(other));
    // It goes on as before.
    const soFar = slow.all('reading').length;
    await devices[0]!.report();
    await until(() => slow.all('reading').length === soFar + 1);
  });
});

/** A viewer gateway alone, in front of an archive that the test plays. */
async function gatewayOn(patient: (id: string) => Promise<PatientProfile | null>) {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const io = socketServer(http);
  const meter = createNullMeter();
  const parts = { io, clock: realClock, meter };
  const fanOut = new SocketFanOut(io, { ...parts, instance: 'a', shared: false });
  const archive = { patient, patients: async () => [], windowsOf: async () => [] };
  const limits = { connectionsMax: 10, viewerQueuePacketsMax: 10, windowMs: 1000 };
  new ViewerGateway({ ...parts, ...limits, archive, fanOut, tokenSecret: SECRET });
  const harness = new Harness();
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const end = async () => {
    await harness.end();
    await closeSocketServer(io, http, realClock, 1000);
  };
  return { io, fanOut, meter, end, viewer: (token: string) => harness.viewer({ url }, token) };
}

const P1: PatientProfile = { patient: 'p1', ward: 'w1', device: 1, displayName: 'p1', synthetic: true };

describe('a viewer that leaves while the archive is asked whether it may watch', () => {
  it('is in no room afterwards', async () => {
    let asked: ((profile: PatientProfile) => void) | undefined;
    const { io, fanOut, viewer, end } = await gatewayOn(
      () =>
        new Promise((resolve) => {
          asked = resolve;
        }),
    );
    const { socket } = await viewer(viewerToken('doctor', [], ['w1']));
    socket.emit('watch', { patient: 'p1' }, () => {});
    const answer = await until(() => asked);
    socket.disconnect();
    const { sockets, adapter } = io.of(NAMESPACE.live);
    await until(() => sockets.size === 0);
    answer(P1);
    await new Promise(setImmediate);
    expect(fanOut.isWatched('p1', 'w1')).toBe(false);
    expect(adapter.rooms.size).toBe(0);
    await end();
  });
});

describe('while the archive is away a viewer', () => {
  it('is told to ask again where only the archive knows, and is answered as ever where the token says it', async () => {
    let away = true;
    const { meter, fanOut, viewer, end } = await gatewayOn(async () => {
      if (away) throw new Error('the archive is away');
      return P1;
    });
    const refused = (reason: 'not_allowed' | 'unavailable') => meter.countOf('watchesRefused', { reason });
    const doctor = await viewer(viewerToken('doctor', ['p7'], ['w1']));
    const answer = (await doctor.watch({ patient: 'p1' })) as { retryAfterMs: number };
    expect(answer).toMatchObject({ watching: false, code: 'unavailable' });
    expect(answer.retryAfterMs).toBeGreaterThan(0);
    expect(fanOut.isWatched('p1', 'w1')).toBe(false);
    expect(refused('unavailable')).toBe(1);
    // What the token itself names needs no archive, nor does what it cannot allow.
    expect(await doctor.watch({ ward: 'w1' })).toEqual(YES);
    expect(await doctor.watch({ patient: 'p7' })).toEqual(YES);
    expect(await doctor.watch({ ward: 'w2' })).toEqual(NOT_ALLOWED);
    const patient = await viewer(viewerToken('patient', ['p7']));
    expect(await patient.watch({ patient: 'p1' })).toEqual(NOT_ALLOWED);
    expect([refused('unavailable'), refused('not_allowed')]).toEqual([1, 2]);
    away = false;
    expect(await doctor.watch({ patient: 'p1' })).toEqual(YES);
    await end();
  });
});
