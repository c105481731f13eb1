import { FrameKind, HEADER, HEADER_BYTES, readEvent, readStartMs } from '@gaitway/contract';
import { TICK_MS, Twin } from '@gaitway/firmware';
import { bytesOf } from '@gaitway/firmware/board';
import { describe, expect, it } from 'vitest';
import { slotStartMs } from '../fleet/schedule.ts';
import { fleetTwinSettings } from '../fleet/twin-settings.ts';
import { COHORT_DEFAULT } from '../patients/cohort.ts';
import { deviceOf } from '../patients/identity.ts';
import { ReadingSource } from '../patients/readings.ts';
import type { ImageSource } from '../update/image-source.ts';
import type { UpdateFault } from '../update/update-faults.ts';
import { BOOT, type Load, type PlayedLoad, playLoad, SEED } from './canary.fixture.ts';
import { readFirmware, tryFirmware } from './firmware-image.ts';
import { wearableFile } from './wearable-file.ts';

const SLOT_MS = 5000;
/** By then each has started, and said what it runs. */
const OFFER_MS = 6000;
/** A chip's first tick after it was let go comes so much behind its slot's beginning, and one more for the rounding. */
const START_MS_MAX = 2 * TICK_MS;
const FALLERS = { ...COHORT_DEFAULT, fallBoost: 1e6, placement: { wrist: 1, shank: 0 } };

/**
 * Falls that a detector tells which runs on, and whether one tells them that began with the slot of the restart: of an impact before
 * that it knows nothing. `told`: how many slots behind that one; `impactMs`: from the start of the slot in which it is told.
 */
const CASES = [
  { told: 0, impactMs: [-2000, -200], isTold: false },
  { told: 0, impactMs: [1400, 3000], isTold: true },
  { told: 1, impactMs: [-2000, -200], isTold: true },
] as const;

type People = Pick<ReadingSource, 'valuesOf' | 'eventOf' | 'samplesOf' | 'pulsesOf' | 'placementOf'>;

/** For each of the cases somebody with such a fall, and the slot in which a detector that runs on tells it. */
function fallsOf(source: ReadingSource): { patient: number; slot: number }[] {
  return CASES.map(({ impactMs: [fromMs, toMs] }) => {
    for (let patient = 0; ; patient++) {
      for (let slot = 0; slot < 60; slot++) {
        const event = source.eventOf(patient, slot);
        const impactMs = event === null ? Number.NaN : event.startMs + event.event.offsetMs;
        if (slot > 20 && impactMs >= fromMs && impactMs <= toMs) return { patient, slot };
      }
    }
  });
}

/** Person `index` falls as the case says around slot `restarts[index]` of the run. */
function fallingAround(source: ReadingSource, restarts: readonly number[]): People {
  const falls = fallsOf(source);
  const later = (index: number): number => falls[index]!.slot - restarts[index]! - CASES[index]!.told;
  const of = (index: number): number => falls[index]!.patient;
  return {
    valuesOf: (index, slot) => source.valuesOf(of(index), slot + later(index)),
    eventOf: (index, slot, firstSlot = 0) =>
      source.eventOf(of(index), slot + later(index), firstSlot + later(index)),
    samplesOf: (index, slot) => source.samplesOf(of(index), slot + later(index)),
    pulsesOf: (index, slot) => source.pulsesOf(of(index), slot + later(index)),
    placementOf: (index) => source.placementOf(of(index)),
  };
}

const next = readFirmware(wearableFile('wearable-next-test'));
const { firmware, imageHash } = tryFirmware(next);
const image = bytesOf(next.program);
const images: ImageSource = {
  piece: ({ offset, bytes }, then) =>
    then({ bytes: image.slice(offset, offset + bytes), isLast: offset + bytes >= image.length }),
};

/** Devices that are offered an update: boards, or twins of the same people. */
function play(people: People, isBoards: boolean, fault: UpdateFault | undefined): Promise<PlayedLoad> {
  const hash = imageHash.toString(16).padStart(8, '0');
  const load: Load = {
    ...{ devices: CASES.length, images, measureMs: 26_000, drainMs: fault ? 20_000 : 5000 },
    ...(fault ? { updateFaults: { [fault]: 1 } } : {}),
    at: [[OFFER_MS, (_, { server }) => server.tell({ command: 'update_offer', firmware, hash })]],
  };
  if (isBoards) return playLoad({ ...load, people });
  return playLoad({
    ...load,
    twins: {
      createTwin: (index, hooks) =>
        new Twin(deviceOf(index), BOOT, fleetTwinSettings(people.placementOf(index)), hooks),
      valuesOf: people.valuesOf,
      eventOf: people.eventOf,
    },
  });
}

const framesOf = ({ server }: PlayedLoad, kind: FrameKind, index: number): Uint8Array[] =>
  [...server.kept]
    .filter(([identity, bytes]) => bytes[HEADER.kind] === kind && identity.startsWith(`${index + 1}:`))
    .map(([, bytes]) => bytes);

/** The slot with which each device started for the last time. */
function restartsOf(run: PlayedLoad): number[] {
  return CASES.map((_, index) => {
    const startsMs = framesOf(run, FrameKind.boot, index).map((bytes) => readStartMs(bytes));
    return Math.floor((Math.max(...startsMs) - slotStartMs(run.schedule, index, 0)) / SLOT_MS);
  });
}

/** What each device told from the slot of its last start on. */
function toldOf(run: PlayedLoad, restarts: readonly number[]) {
  return CASES.map((_, index) => {
    const fromMs = slotStartMs(run.schedule, index, restarts[index]!);
    return framesOf(run, FrameKind.event, index)
      .map((bytes) => ({ startMs: readStartMs(bytes), event: readEvent(bytes, HEADER_BYTES) }))
      .map(({ startMs, event }) => ({ impactMs: startMs + event.offsetMs - fromMs, peak: event.peak }))
      .filter(({ impactMs }) => impactMs > -SLOT_MS);
  });
}

describe('a fall near the restart of an updated device', () => {
  it.each([undefined, 'cut_trial'] as const)(
    'is told by the twin as by the board (fault: %s)',
    async (fault) => {
      const source = new ReadingSource(SEED, { cohort: FALLERS });
      const anybody = fallingAround(source, Array(CASES.length).fill(0));
      const restarts = restartsOf(await play(anybody, false, fault));
      expect(Math.min(...restarts)).toBeGreaterThan(1);
      const people = fallingAround(source, restarts);
      const [twins, boards] = [await play(people, false, fault), await play(people, true, fault)];
      expect([restartsOf(twins), restartsOf(boards)]).toEqual([restarts, restarts]);

      const [ofTwins, ofBoards] = [toldOf(twins, restarts), toldOf(boards, restarts)];
      expect(ofTwins.map((told) => told.length)).toEqual(CASES.map(({ isTold }) => (isTold ? 1 : 0)));
      expect(ofBoards.map((told) => told.map(({ peak }) => peak))).toEqual(
        ofTwins.map((told) => told.map(({ peak }) => peak)),
      );
      ofTwins.forEach(([told], index) => {
        if (told === undefined) return;
        const offMs = Math.abs(ofBoards[index]![0]!.impactMs - told.impactMs);
        expect(offMs).toBeLessThanOrEqual(START_MS_MAX);
      });
    },
  );
});
