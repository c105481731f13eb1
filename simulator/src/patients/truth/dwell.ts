import { normal, SLOT_MS_DEFAULT, uniform } from '@gaitway/contract';
import type { Confounder } from '../cohort.ts';

/** What somebody does; a confounder is an activity as well. */
export type Activity = 'sleep' | 'rest' | 'posture' | 'daily' | 'walking' | Confounder;

/** The truth counts slots of this length, whatever a run makes of them. */
export const SLOT_SECONDS = SLOT_MS_DEFAULT / 1000;

interface Dwell {
  medianSeconds: number;
  /** Of the logarithm. */
  sigma: number;
}

/** How long each is kept up (research note on inference, 2.5, with more walking; brushing 60-180 s, 2.4). What is over in an instant fills its slot. */
const DWELL: Readonly<Record<Exclude<Activity, 'sleep'>, Dwell>> = {
  rest: { medianSeconds: 105, sigma: 1 },
  posture: { medianSeconds: 12, sigma: 0.6 },
  daily: { medianSeconds: 60, sigma: 0.9 },
  walking: { medianSeconds: 18, sigma: 0.9 },
  'tooth-brushing': { medianSeconds: 104, sigma: 0.4 },
  'table-knock': { medianSeconds: 4, sigma: 0.2 },
  clapping: { medianSeconds: 9, sigma: 0.5 },
  'chair-drop': { medianSeconds: 4, sigma: 0.2 },
  'lying-down-fast': { medianSeconds: 4, sigma: 0.2 },
  'voluntary-stop': { medianSeconds: 8, sigma: 0.4 },
};

type Next = readonly (readonly [Activity, share: number])[];

/** What follows, where no confounder does (research note, 2.5). */
const NEXT: Readonly<Record<Exclude<Activity, 'sleep'>, Next>> = {
  rest: [
    ['daily', 0.4],
    ['posture', 0.1],
    ['walking', 0.5],
  ],
  posture: [
    ['daily', 0.5],
    ['walking', 0.25],
    ['rest', 0.25],
  ],
  daily: [
    ['rest', 0.3],
    ['walking', 0.6],
    ['posture', 0.1],
  ],
  walking: [
    ['daily', 0.5],
    ['rest', 0.3],
    ['posture', 0.2],
  ],
  'tooth-brushing': [['daily', 1]],
  'table-knock': [['daily', 1]],
  clapping: [['rest', 1]],
  'chair-drop': [['rest', 1]],
  'lying-down-fast': [['rest', 1]],
  'voluntary-stop': [['walking', 1]],
};

/** With which activity a stretch of time begins that is looked at for itself: about how waking time is spent. */
const FIRST: Next = [
  ['rest', 0.36],
  ['daily', 0.36],
  ['walking', 0.22],
  ['posture', 0.06],
];

function choose(from: Next, draw: number): Activity {
  let sum = 0;
  for (let i = 0; i < from.length - 1; i++) {
    sum += from[i]![1];
    if (draw < sum) return from[i]![0];
  }
  return from[from.length - 1]![0];
}

export function firstActivity(seed: number): Activity {
  return choose(FIRST, uniform(seed, 0));
}

export function nextActivity(after: Exclude<Activity, 'sleep'>, draw: number): Activity {
  return choose(NEXT[after], draw);
}

/** Slots for which an activity is kept up, at least one. */
export function dwellSlots(activity: Exclude<Activity, 'sleep'>, seed: number, stretch: number): number {
  const { medianSeconds, sigma } = DWELL[activity];
  return Math.max(1, Math.round((medianSeconds * Math.exp(sigma * normal(seed, 1, stretch))) / SLOT_SECONDS));
}

/** Mean slots of one confounder, for those who want a share of slots. Of a lognormal: median e^(sigma^2/2). */
export function meanSlots(activity: Exclude<Activity, 'sleep'>): number {
  const { medianSeconds, sigma } = DWELL[activity];
  return Math.max(1, (medianSeconds * Math.exp((sigma * sigma) / 2)) / SLOT_SECONDS);
}
