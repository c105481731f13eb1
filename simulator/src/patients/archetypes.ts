import type { Confounder } from './cohort.ts';
import { SLOT_SECONDS } from './truth/dwell.ts';

export type ActivityState =
  | 'sleep'
  | 'rest'
  | 'posture'
  | 'daily'
  | 'walking'
  | 'freezing'
  | 'falling'
  | 'lying';

/** A class of slots of which the pool holds some takes: an activity, and how strong what is seen in it is. */
export interface Archetype {
  readonly state: ActivityState;
  readonly confounder: Confounder | null;
  /** Rest and posture: tremor, 0 (none) to {@link TREMOR_GRADES}. */
  readonly tremor: number;
  /** 0 (none) to {@link DYSKINESIA_GRADES}. */
  readonly dyskinesia: number;
  /** Daily activity and walking: slowness, 0 to 3. Sleep: 1 turns over. Falling and lying: kinds that the takes differ by. */
  readonly grade: number;
  /** Walking and freezing: the seconds of the slot that are frozen. */
  readonly frozenFrom: number;
  readonly frozenTo: number;
  readonly akinetic: boolean;
}

/** Ratings of the tremor that each grade covers, weakest first; below is what no eye sees, above a wrist would feel more than it ever does. */
export const TREMOR_RATINGS = [
  [-1.5, -0.5],
  [-0.5, 0.5],
  [0.5, 1.5],
  [1.5, 2.5],
  [2.5, 3],
] as const;
export const TREMOR_GRADES = TREMOR_RATINGS.length;
/** Ratings of dyskinesia that each grade covers, as AIMS has them. */
export const DYSKINESIA_RATINGS = [
  [0.4, 1.4],
  [1.4, 2.6],
  [2.6, 4],
] as const;
export const DYSKINESIA_GRADES = DYSKINESIA_RATINGS.length;
export const SLOWNESS_GRADES = 4;
export const FALL_KINDS = 3;
export const LYING_KINDS = 3;
/** In how many ways each confounder is done. Clapping: it goes on, begins (1), ends (2), or both (3). */
export const CONFOUNDER_KINDS: Readonly<Record<Confounder, number>> = {
  'tooth-brushing': 3,
  'table-knock': 2,
  clapping: 4,
  'chair-drop': 3,
  'lying-down-fast': 2,
  'voluntary-stop': 3,
};

const PLAIN = {
  confounder: null,
  tremor: 0,
  dyskinesia: 0,
  grade: 0,
  frozenFrom: 0,
  frozenTo: 0,
  akinetic: false,
} as const;

const all: Archetype[] = [];
const indexes = new Map<string, number>();

function add(key: string, archetype: Partial<Archetype> & Pick<Archetype, 'state'>): void {
  indexes.set(key, all.length);
  all.push({ ...PLAIN, ...archetype });
}

for (const grade of [0, 1]) add(`sleep ${grade}`, { state: 'sleep', grade });
for (const state of ['rest', 'posture'] as const) {
  for (let tremor = 0; tremor <= TREMOR_GRADES; tremor++) add(`${state} ${tremor}`, { state, tremor });
}
for (const state of ['daily', 'walking'] as const) {
  for (let grade = 0; grade < SLOWNESS_GRADES; grade++) add(`${state} ${grade}`, { state, grade });
}
for (const state of ['rest', 'posture', 'daily', 'walking'] as const) {
  for (let dyskinesia = 1; dyskinesia <= DYSKINESIA_GRADES; dyskinesia++) {
    add(`${state} dyskinetic ${dyskinesia}`, { state, dyskinesia });
  }
}
for (const akinetic of [false, true]) {
  for (let from = 0; from < SLOT_SECONDS; from++) {
    for (let to = from + 1; to <= SLOT_SECONDS; to++) {
      // A slot that is frozen for less than half is one of walking.
      const state = 2 * (to - from) >= SLOT_SECONDS ? 'freezing' : 'walking';
      add(`frozen ${akinetic} ${from} ${to}`, {
        ...{ state, akinetic, frozenFrom: from, frozenTo: to },
        grade: SLOWNESS_GRADES - 2,
      });
    }
  }
}
for (let grade = 0; grade < FALL_KINDS; grade++) add(`falling ${grade}`, { state: 'falling', grade });
for (let grade = 0; grade < LYING_KINDS; grade++) add(`lying ${grade}`, { state: 'lying', grade });
for (const [confounder, kinds] of Object.entries(CONFOUNDER_KINDS) as [Confounder, number][]) {
  const state = confounder === 'voluntary-stop' ? 'posture' : 'daily';
  for (let grade = 0; grade < kinds; grade++) add(`${confounder} ${grade}`, { state, confounder, grade });
}

/** Every archetype; a pool entry's number begins with an index of this list. */
export const ARCHETYPES: readonly Archetype[] = all;

/** The index of an archetype by its key; one that does not exist is our bug. */
function index(key: string): number {
  const found = indexes.get(key);
  if (found === undefined) throw new Error(`no archetype is called '${key}'`);
  return found;
}

const rows = (prefix: string, count: number, first = 0): readonly number[] =>
  Array.from({ length: count }, (_, i) => index(`${prefix} ${first + i}`));

/** Indexes into {@link ARCHETYPES}, by what an entry shows. */
export const ARCHETYPE_AT = {
  sleep: rows('sleep', 2),
  rest: rows('rest', TREMOR_GRADES + 1),
  posture: rows('posture', TREMOR_GRADES + 1),
  daily: rows('daily', SLOWNESS_GRADES),
  walking: rows('walking', SLOWNESS_GRADES),
  /** From grade 1 on. */
  dyskinetic: {
    rest: rows('rest dyskinetic', DYSKINESIA_GRADES, 1),
    posture: rows('posture dyskinetic', DYSKINESIA_GRADES, 1),
    daily: rows('daily dyskinetic', DYSKINESIA_GRADES, 1),
    walking: rows('walking dyskinetic', DYSKINESIA_GRADES, 1),
  },
  falling: rows('falling', FALL_KINDS),
  lying: rows('lying', LYING_KINDS),
  confounder: Object.fromEntries(
    Object.entries(CONFOUNDER_KINDS).map(([name, kinds]) => [name, rows(name, kinds)]),
  ) as unknown as Readonly<Record<Confounder, readonly number[]>>,
} as const;

const FROZEN: readonly (readonly number[])[] = [false, true].map((akinetic) =>
  Array.from({ length: SLOT_SECONDS * (SLOT_SECONDS + 1) }, (_, at) => {
    const from = Math.floor(at / (SLOT_SECONDS + 1));
    const to = at % (SLOT_SECONDS + 1);
    return to > from ? index(`frozen ${akinetic} ${from} ${to}`) : -1;
  }),
);

/** The archetype of a slot of walking that is frozen from one whole second to another. */
export function frozenArchetype(from: number, to: number, akinetic: boolean): number {
  return FROZEN[akinetic ? 1 : 0]![from * (SLOT_SECONDS + 1) + to]!;
}

/** How many takes the pool holds of each archetype, placement and body. */
export const TAKES_PER_BODY = 4;
