import {
  areaOf,
  builtInTold,
  calibrationErrorIn,
  coverageIn,
  type FallMethod,
  type FigureOf,
  fallsFound,
  falseFallsPerDay,
  figureOverBodies,
  freezesFound,
  groupedByBody,
  type Method,
  mountingAlike,
  type PatientQuality,
  type SlotGroupName,
  sensitivityAt,
  sensitivityWhere,
  specificityAt,
  squaredCalibrationErrorIn,
  thresholdOf,
} from '@gaitway/simulator';
import { type BenchRow, type Goal, rowOf, type Spread, spreadOf } from './row.ts';

/** People as they are, on whom everything is counted but whether falls are found; and people who fall often. */
export interface HeldOutPeople {
  ordinary: readonly PatientQuality[];
  falling: readonly PatientQuality[];
}

type People = readonly PatientQuality[];

const TOLD = builtInTold();
/** Above this a score of a plain method is positive. */
const PLAIN_THRESHOLD = 501;
const SPECIFICITY_LEAST = 0.9;
const BAND_POWER = 'power in 3.5-7.5 Hz alone';
const FOURIER = 'published index, Fourier transform';
const BLOW = '3 g and nothing else';
const SQUARED = 'if its probabilities were squared';

const GROUPS_OF_CONDITION = {
  tremor: ['tremor'],
  gait: ['gaitWrist', 'gaitShank'],
  freezing: ['freezing'],
} as const satisfies Readonly<Record<string, readonly SlotGroupName[]>>;

/**
 * What was seen, and what was said of it. The middle figure of a row is that of all people, least and most are the ends of
 * its interval of 95 % over bodies.
 */
export function qualityRows({ ordinary, falling }: HeldOutPeople): BenchRow[] {
  return [
    ...seen(ordinary, falling),
    ...tremor(ordinary),
    ...freezing(ordinary),
    ...falls(ordinary, falling),
    ...calibration(ordinary),
  ];
}

/** Counts that the goals are about are counted, and not taken for granted. */
function seen(ordinary: People, falling: People): BenchRow[] {
  const sum = (people: People, count: (person: PatientQuality) => number) =>
    people.reduce((total, person) => total + count(person), 0);
  const counted = (row: string, unit: string, count: number, least?: number): BenchRow =>
    rowOf(`quality, ${row}`, unit, spreadOf([count]), least === undefined ? {} : { goal: atLeast(least) });
  const hardNegatives = sum(ordinary, ({ hardNegativeSlots }) => hardNegativeSlots);
  const groups = Object.values(GROUPS_OF_CONDITION).flat();
  return [
    counted(
      'patient-hours',
      'h',
      sum(ordinary, ({ hours }) => hours),
      2000,
    ),
    counted(
      'patient-hours with boosted falls',
      'h',
      sum(falling, ({ hours }) => hours),
    ),
    counted(
      'patient-hours with a device that tells of falls',
      'h',
      sum(ordinary, ({ fallHours }) => fallHours),
    ),
    counted('bodies', '', groupedByBody(ordinary).size),
    counted(
      'falls, boosted',
      '',
      sum(falling, ({ falls: { kept } }) => kept.events),
      300,
    ),
    counted(
      'freezes at the shank',
      '',
      sum(ordinary, ({ freezes }) => freezes.events),
      500,
    ),
    counted(
      'hard negatives of waking slots',
      '%',
      (100 * hardNegatives) / sum(ordinary, ({ wakingSlots }) => wakingSlots),
      5,
    ),
    rowOf('quality, devices turned alike', '', spreadOf([mountingAlike(ordinary)]), { goal: atMost(0.25) }),
    figure('slots answered', '', ordinary, coverageIn(groups), { goal: atLeast(0.99) }),
  ];
}

function tremor(people: People): BenchRow[] {
  const area = (row: string, group: SlotGroupName, goal?: Goal) =>
    figure(row, '', people, areaOf('server', group), {
      ...(goal === undefined ? {} : { goal }),
      beside: { name: BAND_POWER, figureOf: areaOf('plain', group) },
    });
  const leftAlone = (row: string, group: SlotGroupName) =>
    figure(row, '', people, specificityAt('server', group, thresholdOf(TOLD, 'tremor')));
  return [
    area('rest tremor, AUROC, slots at rest', 'restTremor', atLeast(0.95)),
    area('rest tremor, AUROC, all waking slots', 'restTremorAwake', atLeast(0.95)),
    area('rest tremor, AUROC, slots at rest, tremor rated 0.5 and more', 'restTremorSeen'),
    area('postural tremor, AUROC, slots of posture', 'posturalTremor'),
    leftAlone('tremor, specificity, daily activity', 'tremorDaily'),
    leftAlone('tremor, specificity, hard negatives', 'tremorHardNegatives'),
  ];
}

function freezing(people: People): BenchRow[] {
  const thresholds: Readonly<Record<Method, number>> = {
    server: thresholdOf(TOLD, 'freezing'),
    plain: PLAIN_THRESHOLD,
  };
  const row = (says: string, of: (method: Method) => FigureOf, goal?: Goal) =>
    figure(says, '', people, of('server'), {
      ...(goal === undefined ? {} : { goal }),
      beside: { name: FOURIER, figureOf: of('plain') },
    });
  const at = (of: typeof sensitivityAt) => (method: Method) => of(method, 'freezing', thresholds[method]);
  return [
    row('freezing, sensitivity', at(sensitivityAt), atLeast(0.85)),
    row('freezing, specificity', at(specificityAt), atLeast(SPECIFICITY_LEAST)),
    row('freezing, sensitivity where the specificity is 0.90', (method) =>
      sensitivityWhere(method, 'freezing', SPECIFICITY_LEAST),
    ),
    row('freezing, AUROC', (method) => areaOf(method, 'freezing')),
    figure('freezing, freezes found', '', people, freezesFound),
  ];
}

function falls(ordinary: People, falling: People): BenchRow[] {
  const rows = (says: string, method: FallMethod, goals: { found?: Goal; false?: Goal }) => [
    figure(`falls, sensitivity, ${says}`, '', falling, fallsFound(method), {
      ...(goals.found ? { goal: goals.found } : {}),
      beside: { name: BLOW, figureOf: fallsFound('blow') },
    }),
    figure(`falls, false alarms a patient-day, ${says}`, '', ordinary, falseFallsPerDay(method), {
      ...(goals.false ? { goal: goals.false } : {}),
      beside: { name: BLOW, figureOf: falseFallsPerDay('blow') },
    }),
  ];
  return [
    ...rows('alerts that stood', 'kept', { found: atLeast(0.8), false: atMost(1) }),
    ...rows('alerts as they were raised', 'raised', {}),
  ];
}

function calibration(people: People): BenchRow[] {
  return Object.entries(GROUPS_OF_CONDITION).map(([condition, groups]) =>
    figure(`${condition}, calibration error`, '', people, calibrationErrorIn(groups), {
      goal: atMost(0.05),
      beside: { name: SQUARED, figureOf: squaredCalibrationErrorIn(groups) },
    }),
  );
}

function figure(
  row: string,
  unit: string,
  people: People,
  figureOf: FigureOf,
  { goal, beside }: { goal?: Goal; beside?: { name: string; figureOf: FigureOf } } = {},
): BenchRow {
  return rowOf(`quality, ${row}`, unit, spreadOver(people, figureOf), {
    ...(goal === undefined ? {} : { goal }),
    ...(beside === undefined
      ? {}
      : { alternative: { name: beside.name, ...spreadOver(people, beside.figureOf) } }),
  });
}

function spreadOver(people: People, figureOf: FigureOf): Spread {
  const { value, low, high } = figureOverBodies(people, figureOf);
  return { median: value, least: low, most: high };
}

const atLeast = (least: number): Goal => ({ of: 'value', atLeast: least });
const atMost = (most: number): Goal => ({ of: 'value', atMost: most });
