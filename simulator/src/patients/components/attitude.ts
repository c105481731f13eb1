import { normal, Placement } from '@gaitway/contract';
import { PATIENT_STREAM } from '../traits.ts';
import { unit } from './direction.ts';
import type { Direction } from './noise.ts';

/** How somebody holds the limb: what decides where up is for the device. */
const ATTITUDES = ['seated', 'raised', 'upright', 'working', 'in-bed', 'clapping'] as const;
export type Attitude = (typeof ATTITUDES)[number];

interface Usual {
  up: Direction;
  /** How far bodies, and takes of one body, differ from it. */
  body: number;
  take: number;
}

/** In the limb's own frame: x along it towards the trunk. How the device is strapped on comes later, in the sensor. */
const USUAL: Readonly<Record<'wrist' | 'shank', Readonly<Record<Attitude, Usual>>>> = {
  wrist: {
    seated: { up: [0.2, 0.1, 0.97], body: 0.4, take: 0.15 },
    raised: { up: [-0.1, 0.3, 0.95], body: 0.3, take: 0.2 },
    upright: { up: [0.97, 0.2, 0.1], body: 0.2, take: 0.1 },
    working: { up: [0.3, 0.2, 0.93], body: 0.4, take: 0.7 },
    'in-bed': { up: [0, 0.6, 0.8], body: 0.6, take: 0.1 },
    clapping: { up: [0.2, 0.1, 0.97], body: 0.4, take: 0.05 },
  },
  shank: {
    seated: { up: [0.96, 0.05, 0.27], body: 0.2, take: 0.1 },
    raised: { up: [1, 0, 0], body: 0.05, take: 0.04 },
    upright: { up: [1, 0, 0], body: 0.06, take: 0.05 },
    working: { up: [0.97, 0.1, 0.2], body: 0.15, take: 0.25 },
    'in-bed': { up: [0.05, 0.3, 0.95], body: 0.3, take: 0.1 },
    clapping: { up: [0.96, 0.05, 0.27], body: 0.2, take: 0.05 },
  },
};

/** Where up is in the limb's frame when a take begins. */
export function upOf(attitude: Attitude, placement: Placement, body: number, take: number): Direction {
  const {
    up,
    body: ofBody,
    take: ofTake,
  } = USUAL[placement === Placement.shank ? 'shank' : 'wrist'][attitude];
  const stream = PATIENT_STREAM.hand;
  const [x, y, z] = [0, 1, 2].map(
    (axis) =>
      up[axis]! +
      ofBody * normal(body, stream, 20 + axis, ATTITUDES.indexOf(attitude)) +
      ofTake * normal(take, stream, 30, axis),
  ) as [number, number, number];
  return unit(x, y, z);
}
