import { Placement, type WindowDocument } from '@gaitway/contract';
import {
  type AssessmentSight,
  createPopulation,
  type FleetPlan,
  type FleetResult,
  noCounters,
  truthOfRun,
} from '@gaitway/simulator';
import { describe, expect, it } from 'vitest';
import { GradingOfRun } from './grading-of-run.ts';

const START_MS = 1_790_000_000_000;
const SLOTS = 24;
const RUN = { seed: 7, patients: 10, slotMs: 5000, startMs: START_MS };
const population = createPopulation(RUN.seed);
const phases = { startMs: START_MS, measureFromMs: START_MS, measureToMs: START_MS + SLOTS * 5000 };
const truth = truthOfRun({ ...RUN, windowMs: 60_000, ...phases });

function gradingOf(over: { rates?: number; notClosed?: string; seen?: AssessmentSight[] } = {}) {
  const counters = noCounters();
  if (over.rates) counters.commands.rate = over.rates;
  const observations = over.seen && { alerts: [], assessments: over.seen };
  const plan = { ...RUN, window: { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 0 } };
  return new GradingOfRun(
    plan as FleetPlan,
    { counters, phases, observations } as unknown as FleetResult,
    undefined,
    over.notClosed,
  );
}

/** Every slot of a patient in one document, with scores that are right. */
function documentOf(index: number): WindowDocument {
  const { patient, ward, device } = population.personAt(index);
  const slots = Array.from({ length: SLOTS }, (_, slot) => {
    const { tremor, freezing, state, placement } = population.labelOf(index, slot);
    const [atWrist, atShank] = [placement === Placement.wrist, placement === Placement.shank];
    const scores = {
      tremor: atWrist ? (tremor ? 950 : 50) : null,
      gait: state === 'walking' ? 950 : 50,
      freezing: atShank ? (freezing ? 950 : 50) : null,
      rigidityProxy: null,
    };
    return { startMs: truth.startMs(index, slot), boot: 1, seq: slot, ...scores };
  });
  return {
    patient,
    ward,
    startMs: START_MS,
    endMs: START_MS,
    closedAtMs: START_MS,
    identities: [{ device, boot: 1, fromSeq: 0, toSeq: SLOTS - 1 }],
    slots,
  } as unknown as WindowDocument;
}

describe('the grades of a run', () => {
  it('come from its plan, its schedule and the truth of its seed', () => {
    const grading = gradingOf();
    for (let index = 0; index < RUN.patients; index++) grading.take(documentOf(index));
    const { verdict, conditions } = grading.finish();
    expect(verdict).toBe('holds');
    for (const { coverage, specificity, sensitivity } of conditions) {
      expect({ coverage, specificity }).toEqual({ coverage: 1, specificity: 1 });
      // Nobody may have frozen.
      expect([1, null]).toContain(sensitivity);
    }
    const asked = (wanted: string) => conditions.find(({ condition }) => condition === wanted)!.expected;
    expect(asked('gait')).toBeGreaterThan(RUN.patients * (SLOTS - 2));
    expect(asked('tremor') + asked('freezing')).toBe(asked('gait'));
  });

  it('take for late what a viewer waited for in vain, although the server says that it was there', () => {
    const [first, second] = [documentOf(0), documentOf(1)];
    const lateFromMs = START_MS + 2 * 60_000;
    const sight = ({ patient, startMs }: WindowDocument, seenAtMs: number): AssessmentSight => ({
      ...{ patient, startMs, seenAtMs, watchedSinceMs: START_MS },
    });
    const grading = gradingOf({ seen: [sight(first, lateFromMs + 1), sight(second, lateFromMs)] });
    for (let index = 0; index < RUN.patients; index++) grading.take(documentOf(index));
    const { verdict, conditions } = grading.finish();
    expect(verdict).toBe('fails');
    const gait = conditions.find(({ condition }) => condition === 'gait')!;
    expect(gait.late).toBeGreaterThan(SLOTS - 3);
    expect(gait.late).toBeLessThanOrEqual(SLOTS);
  });

  it('fail without documents', () => {
    const { verdict, conditions } = gradingOf().finish();
    expect(verdict).toBe('fails');
    expect(conditions[0]).toMatchObject({ coverage: 0, auroc: 0 });
  });

  it('are none where slots are not those of the truth, windows may be open, or the archive was not read', () => {
    const reasonOf = (grading: GradingOfRun) => {
      const { verdict, reasons } = grading.finish();
      expect(verdict).toBe('no-verdict');
      return reasons[0];
    };
    expect(reasonOf(gradingOf({ rates: 3 }))).toMatch(/^the server told devices another rate/);
    expect(reasonOf(gradingOf({ notClosed: 'it answered 404' }))).toBe(
      'open windows were not closed (it answered 404)',
    );
    const unread = gradingOf();
    unread.unread('the archive could not be read');
    expect(reasonOf(unread)).toBe('the archive could not be read');
  });
});
