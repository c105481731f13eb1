import type { PatientProfile, ViewerClaims, WatchAnswer, WatchTarget } from '@gaitway/contract';
import type { Socket } from 'socket.io';
import { describe, expect, it } from 'vitest';
import type { NewestWindows } from './newest-windows.ts';
import type { ViewerSession } from './viewer-session.ts';
import { ROOMS_MAX, WatchRequests } from './watch-requests.ts';

const YES = { watching: true };
const P1 = { patient: 'p1' };

/** A doctor of ward w1, and an archive that answers when the test says so. */
function requestsOf(claims: Partial<ViewerClaims> = {}) {
  const rooms = new Set(['own']);
  const socket = {
    rooms,
    data: { claims: { role: 'doctor', viewer: 'v', patients: [], wards: ['w1'], ...claims } },
    join: (room: string) => void rooms.add(room),
    leave: (room: string) => void rooms.delete(room),
  } as unknown as Socket;
  const asked: { patient: string; answer(ward: string): void; fail(): void }[] = [];
  const archive = {
    patient: (patient: string) =>
      new Promise<PatientProfile>((resolve, reject) => {
        const answer = (ward: string) =>
          resolve({ patient, ward, device: 1, displayName: patient, synthetic: true });
        asked.push({ patient, answer, fail: () => reject(new Error('away')) });
      }),
  };
  const shown: WatchTarget[] = [];
  const releases: (() => void)[] = [];
  const newest = {
    async *of(target: WatchTarget) {
      shown.push(target);
      await new Promise<void>((resolve) => releases.push(resolve));
      yield [];
    },
  } as unknown as NewestWindows;
  const delivered = { count: 0 };
  const session = { deliverNewest: () => ++delivered.count > 0 } as unknown as ViewerSession;
  const requests = new WatchRequests(socket, session, { archive, newest, watchedChanged: () => {} });
  return { requests, rooms, asked, shown, releases, delivered };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('requests to watch', () => {
  it('that were taken back while the archive was asked end unwatched', async () => {
    const { requests, rooms, asked } = requestsOf();
    const watch = requests.watch(P1);
    expect(requests.unwatch(P1)).toEqual(YES);
    asked[0]!.answer('w1');
    expect(await watch).toMatchObject({ watching: false, code: 'unwatched' });
    expect([...rooms]).toEqual(['own']);
  });

  it('that need no archive end unwatched too', async () => {
    const { requests, rooms } = requestsOf({ patients: ['p1'] });
    const watch = requests.watch(P1);
    requests.unwatch(P1);
    expect(await watch).toMatchObject({ watching: false, code: 'unwatched' });
    expect([...rooms]).toEqual(['own']);
  });

  it('end as the last word said, and ask the archive once for all words', async () => {
    const { requests, rooms, asked } = requestsOf();
    const answers: Promise<WatchAnswer>[] = [];
    for (let i = 0; i < 10; i++) {
      answers.push(requests.watch(P1));
      requests.unwatch(P1);
    }
    answers.push(requests.watch(P1));
    expect(asked).toHaveLength(1);
    asked[0]!.answer('w1');
    expect(await Promise.all(answers)).toEqual(answers.map(() => YES));
    expect(rooms.size).toBe(2);
    // It is known then: the archive is not asked again for what is watched already.
    expect(await requests.watch(P1)).toEqual(YES);
    expect(asked).toHaveLength(1);
  });

  it('are asked for anew after the archive could not be reached', async () => {
    const { requests, asked } = requestsOf();
    const first = requests.watch(P1);
    asked[0]!.fail();
    expect(await first).toMatchObject({ code: 'unavailable' });
    const second = requests.watch(P1);
    asked[1]!.answer('w2');
    expect(await second).toMatchObject({ code: 'not_allowed' });
  });

  it('wait in a bounded number, and join no more rooms than there may be', async () => {
    const { requests, rooms, asked } = requestsOf();
    const answers: Promise<WatchAnswer>[] = [];
    for (let i = 0; i < ROOMS_MAX + 500; i++) {
      const target = { patient: `p${i}` };
      answers.push(requests.watch(target));
      // Those that were taken back wait for the archive as well.
      if (i % 2 === 0) requests.unwatch(target);
    }
    expect(asked).toHaveLength(ROOMS_MAX - 1);
    for (const { answer } of asked) answer('w1');
    const said = await Promise.all(answers);
    expect(rooms.size).toBe(ROOMS_MAX / 2);
    expect(said.filter((one) => !one.watching && one.code === 'bad_request')).toHaveLength(501);
    // There is room again.
    const again = requests.watch({ patient: 'again' });
    asked.at(-1)!.answer('w1');
    expect(await again).toEqual(YES);
  });

  it('show what the archive holds of each target once at a time', async () => {
    const { requests, shown, releases, delivered } = requestsOf({ patients: ['p1', 'p2', 'p3'] });
    for (const target of [P1, { patient: 'p2' }, { patient: 'p3' }]) {
      await requests.watch(target);
      for (let i = 0; i < 100; i++) requests.show(target);
    }
    await settle();
    expect(shown).toEqual([P1]);
    // Nobody looks up what is not watched any more when its turn comes.
    requests.unwatch({ patient: 'p2' });
    releases.shift()!();
    await settle();
    expect(shown).toEqual([P1, { patient: 'p3' }]);
    releases.shift()!();
    await settle();
    expect(delivered.count).toBe(2);
    requests.show(P1);
    await settle();
    expect(shown).toHaveLength(3);
  });
});
