import { type Alert, featureIndex, Placement } from '@gaitway/contract';
import type { Answers } from '../grade/answers-by-patient.ts';
import { type Answer, gradeEvents, type Stretch } from '../grade/event-grade.ts';
import { FALL_PLACEMENTS } from '../grade/graded-conditions.ts';
import type { RunTruth } from '../grade/run-truth.ts';
import { FALL_SLACK_MS, RULE_SUBJECTS } from '../grade/seen-alert.ts';
import type { SlotLabel } from '../patients/label.ts';
import type { ReadingSource } from '../patients/readings.ts';
import { traitsOf } from '../patients/traits.ts';
import { FALL_METHODS, type FallCounts, GroupTallies, type PatientQuality } from './patient-quality.ts';
import { type PlainMethods, tremorBandScore } from './plain-methods.ts';
import { SLOT_GROUP_NAMES, SLOT_GROUPS, type SlotGroup } from './slot-groups.ts';

/** What there is to judge a patient by. */
export interface JudgedPatient {
  index: number;
  answers: Answers;
  /** All that the archive has of the patient, withdrawn or not. */
  alerts: readonly Alert[];
  /** From which score on a slot is a freeze to the server, thousandths. */
  freezingThreshold: number;
}

const ACCEL_MEAN = (['accelXMean', 'accelYMean', 'accelZMean'] as const).map(featureIndex);
const MS_PER_HOUR = 3_600_000;
/** A plain threshold hears one blow as one alarm: the device's own detector is deaf for as long after it spoke. */
const SAME_BLOW_MS = 5000;

/** Holds what the server and the plain methods said of a patient against the truth. */
export function judgePatient(
  truth: RunTruth,
  source: ReadingSource,
  plain: PlainMethods,
  { index, answers, alerts, freezingThreshold }: JudgedPatient,
): PatientQuality {
  const { from, to } = truth.measured(index);
  const [server, beside] = [new GroupTallies(), new GroupTallies()];
  const { body, placement: at } = traitsOf(source.seed, index, source.cohort);
  const isAskedForFalls = FALL_PLACEMENTS.includes(at);
  const falls: Stretch[] = [];
  const blows: Answer[] = [];
  const frozen: Answer[] = [];
  let wakingSlots = 0;
  let hardNegativeSlots = 0;
  const up: [number, number, number] = [0, 0, 0];
  for (let slot = from; slot < to; slot++) {
    const label = truth.labelOf(index, slot);
    const startMs = truth.startMs(index, slot);
    const values = source.valuesOf(index, slot);
    const samples = () => source.samplesOf(index, slot);
    const scores = answers[slot - from]?.scores;
    if (label.fall && isAskedForFalls) falls.push(instant(startMs + label.fallOffsetMs));
    const blowMs = plain.blowMsOf(values, samples);
    if (blowMs !== null) hear(blows, startMs + blowMs);
    if ((scores?.freezing ?? 0) >= freezingThreshold) {
      const endMs = truth.startMs(index, slot + 1);
      frozen.push({ startMs, endMs, knownAtMs: endMs });
    }
    if (label.state === 'sleep') continue;
    wakingSlots += 1;
    if (label.confounder !== null) hardNegativeSlots += 1;
    if (label.state === 'walking')
      for (const axis of [0, 1, 2] as const) up[axis] += values[ACCEL_MEAN[axis]!]!;
    for (const name of SLOT_GROUP_NAMES) {
      const group: SlotGroup = SLOT_GROUPS[name];
      if (group.placement !== label.placement || !group.includes(label)) continue;
      const is = group.truth(label);
      server.add(name, scores?.[group.condition] ?? null, is);
      const score = plainScoreOf(group, values, () => plain.freezingOf(values, samples));
      if (score !== undefined) beside.add(name, score, is);
    }
  }
  const fallAlerts = alerts.filter(({ rule }) => RULE_SUBJECTS[rule] === 'fall');
  const alarms = {
    kept: fallAlerts.filter(({ state }) => state !== 'withdrawn').map(({ atMs }) => instant(atMs)),
    raised: fallAlerts.map(({ atMs }) => instant(atMs)),
    blow: blows,
  };
  const hours = (truth.startMs(index, to) - truth.startMs(index, from)) / MS_PER_HOUR;
  const placement = at === Placement.shank ? 'shank' : 'wrist';
  return {
    body: `${source.seed} ${placement} ${body}`,
    placement,
    upWalking: unitOf(up),
    hours,
    fallHours: isAskedForFalls ? hours : 0,
    ...{ wakingSlots, hardNegativeSlots },
    freezes: counts(freezesOf(truth, index, from, to), frozen),
    falls: Object.fromEntries(
      FALL_METHODS.map((method) => [method, counts(falls, alarms[method], FALL_SLACK_MS)]),
    ) as PatientQuality['falls'],
    ...{ server: server.packed(), plain: beside.packed() },
  };
}

function plainScoreOf(
  { condition }: SlotGroup,
  values: Parameters<typeof tremorBandScore>[0],
  freezing: () => number,
): number | undefined {
  if (condition === 'tremor') return tremorBandScore(values);
  return condition === 'freezing' ? freezing() : undefined;
}

function unitOf(sum: readonly [number, number, number]): PatientQuality['upWalking'] {
  const length = Math.hypot(...sum);
  return length === 0 ? null : [sum[0] / length, sum[1] / length, sum[2] / length];
}

function instant(atMs: number): Answer {
  return { startMs: atMs, endMs: atMs, knownAtMs: atMs };
}

function hear(blows: Answer[], atMs: number): void {
  const last = blows.at(-1);
  if (last === undefined || atMs - last.startMs > SAME_BLOW_MS) blows.push(instant(atMs));
}

function counts(events: readonly Stretch[], answers: readonly Answer[], slackMs = 0): FallCounts {
  const inOrder = [...answers].sort((one, other) => one.startMs - other.startMs);
  const { events: all, found, falseAlarms } = gradeEvents(events, inOrder, slackMs);
  return { events: all, found, falseAlarms };
}

/** The freezes of somebody whose device sits where they can be seen. */
function freezesOf(truth: RunTruth, index: number, from: number, to: number): Stretch[] {
  const placed = (label: SlotLabel) => label.placement === SLOT_GROUPS.freezing.placement;
  if (to <= from || !placed(truth.labelOf(index, from))) return [];
  const beginMs = truth.startMs(index, 0);
  return truth.episodesOf!(index, from, to)
    .filter(({ kind }) => kind === 'freeze')
    .map(({ startMs, endMs }) => ({ startMs: beginMs + startMs, endMs: beginMs + endMs }));
}
