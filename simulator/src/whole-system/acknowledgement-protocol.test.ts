import { type FrameAnswer, RING_FRAMES, readFrame, SEQ_MAX } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { beginOutage, endOutage } from './fault-plan.ts';
import { answersThrough } from './sabotage/answers-through.ts';
import { type SimulationOptions, simulateSystem } from './simulate.ts';
import type { SimulationResult } from './simulation-result.ts';
import { NO_SYSTEM_FAULTS } from './system-faults.ts';
import { repeatWith, seeds, TEST_POPULATION } from './testing/seeds.ts';

const FILE = 'acknowledgement-protocol.test.ts';
const PATIENTS = 12;
const SLOT_MS = 5000;
const FAULTS = { ...NO_SYSTEM_FAULTS, links: { ...NO_SYSTEM_FAULTS.links, delayMs: { min: 5, max: 200 } } };

function run(seed: number, over: Partial<SimulationOptions>): Promise<SimulationResult> {
  return simulateSystem({
    seed,
    patients: PATIENTS,
    hours: 0.1,
    faults: FAULTS,
    population: TEST_POPULATION,
    ...over,
  });
}

/** Each reading counts once or was given up by its device, all is acknowledged, and no device goes on sending. */
function expectSettled(result: SimulationResult, retransmittedMax: number): void {
  const { audit, counters, seed } = result;
  const { lost, duplicated, phantom, wrongContent, misattributed, ledger } = audit;
  expect(
    {
      verdict: audit.verdict,
      lost,
      duplicated,
      phantom,
      wrongContent,
      misattributed,
      reasons: audit.reasons,
    },
    repeatWith(seed, FILE),
  ).toEqual({
    ...{ verdict: 'holds', lost: 0, duplicated: 0, phantom: 0, wrongContent: 0, misattributed: 0 },
    reasons: [],
  });
  expect(ledger.unacknowledged, repeatWith(seed, FILE)).toBe(0);
  expect(ledger.acknowledged + ledger.dropped, repeatWith(seed, FILE)).toBe(ledger.made);
  expect(counters.retransmitted, repeatWith(seed, FILE)).toBeLessThanOrEqual(retransmittedMax);
}

describe('the acknowledgement protocol through the whole system', () => {
  it('bears an outage of 10 minutes that overflows every ring, and drains', async () => {
    for (const seed of seeds(2, 20)) {
      const outageMs = 600_000;
      const result = await run(seed, {
        hours: 0.25,
        scenario: ({ clock, server, transport }) => {
          clock.setTimer(90_000, () => beginOutage(server, transport));
          clock.setTimer(90_000 + outageMs, () => endOutage(server));
        },
      });
      const { droppedByDevice } = result.audit;
      expectSettled(result, PATIENTS * 2);
      const missed = outageMs / SLOT_MS - RING_FRAMES;
      expect(droppedByDevice, repeatWith(seed, FILE)).toBeGreaterThanOrEqual(PATIENTS * (missed - 1));
      // A device that waits for its next attempt, at most two minutes, drops meanwhile.
      expect(droppedByDevice).toBeLessThan(PATIENTS * (missed + 1 + 120_000 / SLOT_MS));
      expect(result.audit.late).toBeGreaterThan(0);
    }
  });

  it('bears reboots at any moment of a frame, with and without the ring', async () => {
    for (const seed of seeds(2, 20)) {
      let heldAtReboot = 0;
      const result = await run(seed, {
        scenario: ({ clock, device, twin }) => {
          for (let index = 0; index < PATIENTS; index++) {
            // Four times, each so long after the device made a frame that it is elsewhere on its way.
            for (let reboot = 0; reboot < 4; reboot++) {
              const afterMs = (index * 4 + reboot) * 8;
              const whenHeld = () => {
                if (twin(index).heldFrames === 0) {
                  clock.setTimer(1, whenHeld);
                  return;
                }
                clock.setTimer(afterMs, () => {
                  if (twin(index).heldFrames > 0) heldAtReboot++;
                  device(index).reboot((index + reboot) % 2 === 0);
                });
              };
              clock.setTimer(60_000 + reboot * 60_000, whenHeld);
            }
          }
        },
      });
      expectSettled(result, PATIENTS * 8);
      expect(heldAtReboot, repeatWith(seed, FILE)).toBeGreaterThan(10);
    }
  });

  it('bears a gateway that dies between append and acknowledgement: the other one answers', async () => {
    const answered = new Set<string>();
    for (const seed of seeds(2, 20)) {
      const result = await run(seed, {
        scenario: ({ clock, server }) => {
          for (let atMs = 30_000; atMs < 330_000; atMs += 7000) {
            clock.setTimer(atMs, () => server.gatewayHosts[(atMs / 7000) % 2 < 1 ? 0 : 1]!.crash());
          }
        },
      });
      for (const point in result.faults.gatewayCrashPoints) answered.add(point);
      expectSettled(result, PATIENTS * 60);
      expect(result.counters.reconnects).toBeGreaterThan(10);
    }
    expect(answered).toContain('between append and acknowledgement');
  });

  it('bears a late acknowledgement of an earlier boot before each answer to a later one', async () => {
    for (const seed of seeds(2, 20)) {
      const newest = new Map<number, { boot: number; seq: number }>();
      let told = 0;
      const result = await run(seed, {
        parts: answersThrough((bytes, given: FrameAnswer, answer) => {
          const { device, boot, seq } = readFrame(bytes);
          const before = newest.get(device);
          if (before === undefined || before.boot === boot) {
            if (!before || seq > before.seq)
              newest.set(device, { boot, seq: Math.max(seq, before?.seq ?? 0) });
          } else {
            // Far beyond what the new boot has made: it must not release anything.
            told++;
            answer({ boot: before.boot, seq: before.seq });
          }
          answer(given);
        }),
        scenario: ({ clock, device }) => {
          for (let index = 0; index < PATIENTS; index++) {
            clock.setTimer(150_000 + index * 411, () => device(index).reboot(false));
          }
        },
      });
      expectSettled(result, PATIENTS * 4);
      expect(told).toBeGreaterThan(PATIENTS * 10);
    }
  });

  it('passes the end of the sequence without a number used twice', async () => {
    for (const seed of seeds(2, 20)) {
      const boots = new Set<string>();
      const result = await run(seed, {
        parts: answersThrough((bytes, given, answer) => {
          const { device, boot } = readFrame(bytes);
          boots.add(`${device}:${boot}`);
          answer(given);
        }),
        scenario: ({ clock, twin, server, transport }) => {
          // Before the first slot; half of the devices pass the end while nobody can be reached.
          for (let index = 0; index < PATIENTS; index++)
            twin(index).nextSeq = SEQ_MAX - (index % 2 === 0 ? 10 : 24);
          clock.setTimer(115_000, () => beginOutage(server, transport));
          clock.setTimer(145_000, () => endOutage(server));
        },
      });
      expectSettled(result, PATIENTS * 4);
      expect(boots.size).toBe(2 * PATIENTS);
    }
  });
});
