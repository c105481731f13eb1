import { Twin } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { fleetTwinSettings } from '../fleet/twin-settings.ts';
import { deviceOf } from '../patients/identity.ts';
import { ReadingSource } from '../patients/readings.ts';
import { BOOT, type Load, type PlayedLoad, playLoad, SEED, TEST_IMAGE } from './canary.fixture.ts';
import { readFirmware } from './firmware-image.ts';
import { type ReplayResult, replayDevice } from './replay.ts';

const source = new ReadingSource(SEED);
/** `full` is the depth of CI. */
const DEVICES = process.env.GAITWAY_TEST === 'full' ? 50 : 10;

/** A fleet of twins, as a run has them. */
function playTwins(load: Load, valuesOf = source.valuesOf.bind(source)): Promise<PlayedLoad> {
  return playLoad({
    ...load,
    twins: {
      createTwin: (index, hooks) =>
        new Twin(deviceOf(index), BOOT, fleetTwinSettings(source.placementOf(index)), hooks),
      valuesOf,
    },
  });
}

function replay({ ledger, schedule }: PlayedLoad, index: number, wasCanary = false): ReplayResult {
  return replayDevice({
    ...{ ledger, schedule, boot: BOOT, index, wasCanary },
    program: wasCanary ? readFirmware().program : TEST_IMAGE,
    placementOf: (patient) => source.placementOf(patient),
    samplesOf: (patient, slot) => source.samplesOf(patient, slot),
  });
}

describe('a device of a finished run, played once more on the board', () => {
  it(`sends the very bytes that the fleet sent: ${DEVICES} devices of 1,000`, async () => {
    const run = await playTwins({ devices: 1000, measureMs: 15_000 });
    expect(run.ledger.totals.made).toBeGreaterThan(2900);
    // The chip's program knows nothing of an optical sensor.
    const known = Array.from({ length: 1000 }, (_, index) => index).filter(
      (index) => !source.hasOpticalSensor(index),
    );
    const chosen = known.filter((_, i) => i % Math.floor(known.length / DEVICES) === 0).slice(0, DEVICES);
    expect(chosen).toHaveLength(DEVICES);
    for (const index of chosen) {
      const { device, same, readings, runs } = replay(run, index);
      expect({ device, same, readings: readings >= 3, rows: runs.length > 0 }).toEqual({
        ...{ device: index + 1, same: true, readings: true, rows: true },
      });
    }
  });

  it('finds a single count of one reading that was not what the samples give', async () => {
    const edited = await playTwins({ devices: 3 }, (patient, slot) => {
      const values = Int32Array.from(source.valuesOf(patient, slot));
      if (patient === 1 && slot === 2) values[20]! ^= 1;
      return values;
    });
    expect([0, 1, 2].map((index) => replay(edited, index).same)).toEqual([true, false, true]);
    const wrong = replay(edited, 1).runs.filter(({ same }) => !same);
    expect(wrong).toHaveLength(1);
    expect(wrong[0]!.fromSeq + wrong[0]!.count).toBeGreaterThan(2);
    expect(wrong[0]!.recorded).not.toBe(wrong[0]!.replayed);
  });

  it('also those that were made while the connection was down', async () => {
    const run = await playTwins({
      devices: 2,
      measureMs: 60_000,
      at: [
        [
          17_000,
          (_, { server, transport }) => {
            server.refuse = () => 'full';
            transport.cutAll();
          },
        ],
        [
          40_000,
          (_, { server }) => {
            server.refuse = undefined;
          },
        ],
      ],
    });
    for (const index of [0, 1]) {
      const { same, runs } = replay(run, index);
      expect(same).toBe(true);
      expect(runs.reduce((sum, { backfilled }) => sum + backfilled, 0)).toBeGreaterThan(3);
    }
  });

  it('and a canary of the run, which ran the firmware itself', async () => {
    const run = await playLoad({ devices: 2, program: readFirmware().program });
    expect(replay(run, 1, true)).toMatchObject({ device: 2, same: true });
    const { runs } = replay(run, 1, true);
    // Its number 0 is its boot frame's.
    expect(Math.min(...runs.map(({ fromSeq }) => fromSeq))).toBe(1);
  });
});
