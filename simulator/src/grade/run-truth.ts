import { EventType, type SlotScore } from '@gaitway/contract';
import { personAt } from '../fleet/population.ts';
import { type Schedule, slotDueMs, slotStartMs } from '../fleet/schedule.ts';
import type { Cohort } from '../patients/cohort.ts';
import { episodes } from '../patients/episodes.ts';
import { label, type SlotLabel } from '../patients/label.ts';
import type { SlotEvent } from '../patients/readings.ts';
import type { Stretch } from './event-grade.ts';
import type { ReportedFault } from './graded-conditions.ts';

/** What must have been answered in a run, and what is true of it. Patients are counted from 0, and so are slots. */
export interface RunTruth {
  readonly patients: number;
  readonly slotMs: number;
  readonly windowMs: number;
  /** By what factor its people fall more often than people do (`fallBoost` of their cohort). */
  readonly fallBoost?: number;
  /** Who it is, and whose readings are theirs. */
  personAt(index: number): { patient: string; device: number };
  /** Start of a slot, ms since the epoch. */
  startMs(index: number, slot: number): number;
  /** The slots whose readings are due in the measure phase: from the first to before the last. */
  measured(index: number): { from: number; to: number };
  labelOf(index: number, slot: number): SlotLabel;
  /** What the device said of the slot, by what the fleet noted; left out: nothing was ever said. */
  faultOf?(index: number, slot: number): ReportedFault | null;
  /** What the model that a document names says of the reading of a slot; `null`, or left out: that is not known. */
  computedScoresOf?(
    index: number,
    slot: number,
    stored: SlotScore,
  ): Omit<SlotScore, 'startMs' | 'boot' | 'seq'> | null;
  /** Whole events between two slots, in ms from the start of slot 0; without it slots of which it is true are joined. */
  episodesOf?(index: number, fromSlot: number, toSlot: number): readonly TruthEpisode[];
  /** Falls that the device reports in these slots, of somebody whom a viewer watches; without it nothing is known of any. */
  reportsOf?(index: number, fromSlot: number, toSlot: number): readonly FallReport[];
}

/** What a device reports of a fall at once, by its own detector. Moments in ms since the epoch. */
export interface FallReport {
  /** Which an alert of it names. */
  atMs: number;
  /** When the device knows, and sends: nobody can be told earlier. */
  dueMs: number;
}

/** The reports of devices, and of whom a viewer would be told. */
export interface ReportsOfRun {
  /** Of a device that runs since the beginning of `firstSlot`; a device's slots are asked for in order. */
  eventOf(index: number, slot: number, firstSlot: number): SlotEvent | null;
  /** What the device told between two moments, where that was noted: one that restarted tells other things. `undefined`: it was not. */
  reportsOf?(index: number, fromMs: number, toMs: number): readonly FallReport[] | undefined;
  isWatched(index: number): boolean;
}

/** An event as patients tell of it. */
export interface TruthEpisode extends Stretch {
  kind: string;
}

export interface GradedRun {
  seed: number;
  patients: number;
  slotMs: number;
  windowMs: number;
  /** Start of the first slots, and the measure phase, ms since the epoch. */
  startMs: number;
  measureFromMs: number;
  measureToMs: number;
  /** Who the patients are; left out: `COHORT_DEFAULT`. */
  cohort?: Cohort;
}

/** Whose truth it is, where that does not follow from the run's own seed: a cell of a larger simulation. */
export interface TruthOfOthers {
  personAt(index: number): { patient: string; device: number };
  labelOf(index: number, slot: number): SlotLabel;
  episodesOf: NonNullable<RunTruth['episodesOf']>;
}

/** The truth of a run follows from its seed and its schedule: nothing of it is stored. */
export function truthOfRun(run: GradedRun, others?: TruthOfOthers, reports?: ReportsOfRun): RunTruth {
  const { seed, patients, slotMs, windowMs, startMs, measureFromMs, measureToMs, cohort } = run;
  const schedule: Schedule = { seed, devices: patients, startMs, slotMs, connectMs: 0 };
  const before = (index: number, untilMs: number) =>
    Math.max(0, Math.ceil((untilMs - slotDueMs(schedule, index, 0)) / slotMs));
  const startOf = (index: number, slot: number) => slotStartMs(schedule, index, slot);
  return {
    ...{ patients, slotMs, windowMs, fallBoost: cohort?.fallBoost ?? 1 },
    personAt: others?.personAt ?? personAt,
    startMs: startOf,
    measured: (index) => ({ from: before(index, measureFromMs), to: before(index, measureToMs) }),
    episodesOf: others?.episodesOf ?? ((index, from, to) => episodes(seed, index, from, to, cohort)),
    labelOf: others?.labelOf ?? ((index, slot) => label(seed, index, slot, cohort)),
    ...(reports && { reportsOf: (index, from, to) => reportsIn(reports, startOf, index, from, to) }),
  };
}

function reportsIn(
  { eventOf, reportsOf, isWatched }: ReportsOfRun,
  startOf: RunTruth['startMs'],
  index: number,
  fromSlot: number,
  toSlot: number,
): readonly FallReport[] {
  if (!isWatched(index)) return [];
  const noted = reportsOf?.(index, startOf(index, fromSlot), startOf(index, toSlot));
  if (noted !== undefined) return noted;
  const found: FallReport[] = [];
  for (let slot = 0; slot < toSlot; slot++) {
    const told = eventOf(index, slot, 0);
    if (slot < fromSlot || told === null || told.event.type !== EventType.fall) continue;
    const slotMs = startOf(index, slot);
    found.push({ atMs: slotMs + told.startMs + told.event.offsetMs, dueMs: slotMs + told.decidedMs });
  }
  return found;
}
