import { FrameKind, HEADER } from '@gaitway/contract';
import { Twin } from '@gaitway/firmware';
import { describe, expect, it } from 'vitest';
import { fleetTwinSettings } from '../fleet/twin-settings.ts';
import { COHORT_DEFAULT, type Cohort } from '../patients/cohort.ts';
import { deviceOf } from '../patients/identity.ts';
import { label } from '../patients/label.ts';
import { ReadingSource } from '../patients/readings.ts';
import { BOOT, type Load, type PlayedLoad, playLoad, SEED, TEST_IMAGE } from './canary.fixture.ts';
import { readFirmware } from './firmware-image.ts';
import { type ReplayResult, replayDevice } from './replay.ts';

const everybody = new ReadingSource(SEED);
/** `full` is the depth of CI. */
const DEVICES = process.env.GAITWAY_TEST === 'full' ? 50 : 5;

type People = Pick<ReadingSource, 'valuesOf' | 'eventOf' | 'samplesOf' | 'pulsesOf' | 'placementOf'>;

/** Some of those people, from 0 on. */
function someOf(source: ReadingSource, patients: readonly number[]): People {
  return {
    valuesOf: (index, slot) => source.valuesOf(patients[index]!, slot),
    eventOf: (index, slot, firstSlot) => source.eventOf(patients[index]!, slot, firstSlot),
    samplesOf: (index, slot) => source.samplesOf(patients[index]!, slot),
    pulsesOf: (index, slot) => source.pulsesOf(patients[index]!, slot),
    placementOf: (index) => source.placementOf(patients[index]!),
  };
}

/** A fleet of twins, as a run has them. */
function playTwins(
  load: Load,
  people: People = everybody,
  valuesOf = people.valuesOf.bind(people),
): Promise<PlayedLoad> {
  return playLoad({
    ...load,
    twins: {
      createTwin: (index, hooks) =>
        new Twin(deviceOf(index), BOOT, fleetTwinSettings(people.placementOf(index)), hooks),
      valuesOf,
      eventOf: people.eventOf.bind(people),
    },
  });
}

function replay(
  { ledger, schedule }: PlayedLoad,
  index: number,
  wasCanary = false,
  people: People = everybody,
): ReplayResult {
  return replayDevice({
    ...{ ledger, schedule, boot: BOOT, index, wasCanary },
    program: wasCanary ? readFirmware().program : TEST_IMAGE,
    placementOf: (patient) => people.placementOf(patient),
    samplesOf: (patient, slot) => people.samplesOf(patient, slot),
    pulsesOf: (patient, slot) => people.pulsesOf(patient, slot),
  });
}

const MEASURE_MS = 60_000;
/** Somebody who falls in every stretch of five minutes. */
const FALLERS: Cohort = { ...COHORT_DEFAULT, name: 'fallers', fallBoost: 1e6 };
/** People who drop into chairs, against which an arm knocks now and then. */
const SITTERS: Cohort = {
  ...{ ...COHORT_DEFAULT, name: 'sitters', fallsPerYear: 0, hardNegativeShare: 0.8 },
  hardNegatives: { ...COHORT_DEFAULT.hardNegatives, 'tooth-brushing': 0, 'chair-drop': 0.58 },
};

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const withoutSeq = (hex: string): string => hex.slice(0, 2 * HEADER.seq) + hex.slice(2 * HEADER.seq + 8);

/** Header and payload of the event frames that a server got, by patient, in the order of their numbers. */
function eventsOf({ server }: PlayedLoad): Map<number, string[]> {
  const told = new Map<number, string[]>();
  for (const [identity, bytes] of server.kept) {
    if (bytes[HEADER.kind] !== FrameKind.event) continue;
    const index = Number(identity.split(':')[0]) - 1;
    told.set(index, [...(told.get(index) ?? []), hexOf(bytes)]);
  }
  return told;
}

/** The first patients whose devices tell something in the run, and the slots of its impact. */
function whoTells(source: ReadingSource, count: number): Map<number, number> {
  const found = new Map<number, number>();
  for (let patient = 0; found.size < count; patient++) {
    for (let slot = 0; slot < MEASURE_MS / 5000; slot++) {
      const told = source.eventOf(patient, slot);
      if (told !== null) found.set(patient, slot + Math.floor((told.startMs + told.event.offsetMs) / 5000));
    }
  }
  return found;
}

describe('a device of a finished run, played once more on the board', () => {
  it(`sends the very bytes that the fleet sent: ${DEVICES} devices of 1,000`, async () => {
    const run = await playTwins({ devices: 1000, measureMs: 15_000 });
    expect(run.ledger.totals.made).toBeGreaterThan(2900);
    const chosen = Array.from({ length: DEVICES }, (_, i) => Math.floor((i * 1000) / DEVICES));
    expect(chosen.some((index) => everybody.hasOpticalSensor(index))).toBe(true);
    for (const index of chosen) {
      const { device, same, readings, runs } = replay(run, index);
      expect({ device, same, readings: readings >= 3, rows: runs.length > 0 }).toEqual({
        ...{ device: index + 1, same: true, readings: true, rows: true },
      });
    }
  });

  it('finds a single count of one reading that was not what the samples give', async () => {
    const edited = await playTwins({ devices: 3 }, everybody, (patient, slot) => {
      const values = Int32Array.from(everybody.valuesOf(patient, slot));
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

  it.each([
    ['a fall', FALLERS, true],
    ['what was none', SITTERS, false],
  ])('tells %s as the fleet did, in the same bytes', async (_, cohort, isFall) => {
    const source = new ReadingSource(SEED, { cohort });
    const tellers = whoTells(source, 2);
    for (const [patient, slot] of tellers) expect(label(SEED, patient, slot, cohort).fall).toBe(isFall);
    const people = someOf(source, [...tellers.keys()]);
    const run = await playTwins({ devices: tellers.size, measureMs: MEASURE_MS }, people);
    const told = eventsOf(run);
    expect(told.size).toBe(tellers.size);
    for (const [index, events] of told) {
      const { same, events: replayed } = replay(run, index, false, people);
      expect({ index, same, events: replayed.map(hexOf) }).toEqual({ index, same: true, events });
    }
  });

  it('and canaries tell the falls that twins of the same people tell', async () => {
    const source = new ReadingSource(SEED, { cohort: FALLERS });
    const tellers = [...whoTells(source, 3).keys()];
    // Some of whom nothing is told as well.
    const people = someOf(source, [
      ...tellers,
      ...[0, 1, 2, 3].filter((patient) => !tellers.includes(patient)),
    ]);
    const load = { devices: 6, measureMs: MEASURE_MS };
    const ofBoards = eventsOf(await playLoad({ ...load, people, program: readFirmware().program }));
    const told = eventsOf(await playTwins(load, people));
    expect([...ofBoards.keys()].sort()).toEqual([...told.keys()].sort());
    expect(told.size).toBe(3);
    // A board's boot frame has a number as well.
    for (const [index, events] of told)
      expect(ofBoards.get(index)!.map(withoutSeq)).toEqual(events.map(withoutSeq));
  });
});
