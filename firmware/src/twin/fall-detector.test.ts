import { type EventPayload, EventType } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { putSample } from '../wearable/signal.fixture.ts';
import { FALL_DECISION_TICKS, FallDetector } from './fall-detector.ts';

/** Counts of 1 g at 8 g. */
const G = 4096;
const ACCEL_RANGE = 2;

type Sample = readonly [number, number, number, number, number, number];

/** A device that lies so that gravity is turned by so many degrees from its z axis, and rests. */
function lying(degrees: number): Sample {
  const angle = (degrees * Math.PI) / 180;
  return [Math.round(G * Math.sin(angle)), 0, Math.round(G * Math.cos(angle)), 0, 0, 0];
}

const times = (count: number, sample: Sample | null): (Sample | null)[] => new Array(count).fill(sample);
const impactOf = (g: number): Sample => [0, Math.round(g * G), 0, 0, 0, 0];

/** Rests, falls with an impact of `g`, and lies turned by `degrees`. The impact's sample has the number 120. */
const fall = (g = 5, degrees = 90, lyingTicks = 150): (Sample | null)[] => [
  ...times(120, lying(0)),
  impactOf(g),
  ...times(lyingTicks, lying(degrees)),
];

/** The events of a life, each with the number of the sample at which it was told. */
function eventsOf(samples: readonly (Sample | null)[], accelRange = ACCEL_RANGE): [number, EventPayload][] {
  const detector = new FallDetector(accelRange);
  const events: [number, EventPayload][] = [];
  for (const [at, sample] of samples.entries()) {
    const event = sample === null ? detector.miss() : detector.feed(...sample);
    if (event !== null) events.push([at, event]);
  }
  return events;
}

const length = (x: number, y: number, z: number): number => Math.floor(Math.hypot(x, y, z));
const acceleration = ([x, y, z]: Sample): number => length(x, y, z);
const rotation = ([, , , x, y, z]: Sample): number => length(x, y, z);

/** Half the mean acceleration of two half seconds; of one without samples 0. */
function gravityOf(first: Sample[] = [], second: Sample[] = []): number[] {
  const mean = (half: Sample[], axis: number): number =>
    half.length === 0 ? 0 : Math.trunc(half.reduce((sum, sample) => sum + sample[axis]!, 0) / half.length);
  return [0, 1, 2].map((axis) => (mean(first, axis) + mean(second, axis)) >> 2);
}

function cosineOf(before: number[], after: number[]): number {
  const [long, wide] = [before, after].map(([x, y, z]) => length(x!, y!, z!));
  if (long === 0 || wide === 0) return 16_384;
  const dot = before.reduce((sum, value, axis) => sum + value * after[axis]!, 0);
  return Math.max(-16_384, Math.min(16_384, Math.trunc((Math.trunc(dot / long!) * 16_384) / wide!)));
}

/** The same from the definition: keeps every sample, and looks back when two seconds are over. */
function slowEventsOf(samples: readonly (Sample | null)[], accelRange: number): [number, EventPayload][] {
  const events: [number, EventPayload][] = [];
  const halves: Sample[][] = [];
  let running: Sample[] = [];
  let ticks = 0;
  let freeFrom = 0;
  let impact: { at: number; before: number[]; near: Sample[] } | undefined;
  for (const [at, sample] of samples.entries()) {
    if (sample !== null && impact === undefined && at >= freeFrom) {
      const [x, y, z] = sample;
      if (Math.hypot(x, y, z) > (3 * 16_384) / 2 ** accelRange) {
        const near = [halves.at(-2) ?? [], halves.at(-1) ?? [], running].flat();
        impact = { at, before: gravityOf(halves.at(-3), halves.at(-2)), near };
        running = [];
        ticks = 0;
      }
    }
    if (sample !== null) running.push(sample);
    ticks += 1;
    if (ticks === 25) {
      halves.push(running);
      running = [];
      ticks = 0;
    }
    if (impact === undefined || at < impact.at + 99) continue;
    const tiltCosine = cosineOf(impact.before, gravityOf(halves.at(-2), halves.at(-1)));
    const first = samples.slice(impact.at, impact.at + 50);
    const squares = first.map((one) => (one === null ? 0 : one[0] ** 2 + one[1] ** 2 + one[2] ** 2));
    const peak = Math.max(...squares);
    const around = [...impact.near, ...first.filter((one) => one !== null)];
    freeFrom = at + 1;
    if (tiltCosine <= 11_585) {
      freeFrom += 250;
      const event = {
        type: EventType.fall,
        peak: Math.floor(Math.sqrt(peak)) >> 1,
        min: Math.min(0x7fff, ...impact.near.map((one) => acceleration(one) >> 1)),
        gyroPeak: Math.max(...around.map(rotation)) >> 1,
        tiltCosine,
        offsetMs: 20 * squares.indexOf(peak),
      };
      events.push([at, event]);
    }
    impact = undefined;
  }
  return events;
}

describe('the fall detector', () => {
  it('tells a fall two seconds after its impact, with what a server needs to judge it', () => {
    const [[at, event], ...others] = eventsOf(fall(5, 90)) as [[number, EventPayload]];
    expect(others).toEqual([]);
    expect(at).toBe(120 + FALL_DECISION_TICKS - 1);
    expect(event).toEqual({
      type: EventType.fall,
      peak: 2.5 * G,
      min: G / 2,
      gyroPeak: 0,
      tiltCosine: 0,
      offsetMs: 0,
    });
  });

  it.each<[string, (Sample | null)[]]>([
    ['an impact without a turn: clapping, a knock on a table', fall(6, 10)],
    ['a turn without an impact: lying down fast', fall(2.9, 90)],
    ['an impact of 3 g, not more', fall(3, 90)],
    ['a turn of 45 degrees, not more', fall(5, 44.9)],
    ['an impact before it knows how it lay', [impactOf(5), ...times(200, lying(90))]],
    ['rest', times(600, lying(30))],
    ['a sensor that never answered', times(600, null)],
    ['an impact behind which nothing is known', [...times(120, lying(0)), impactOf(5), ...times(200, null)]],
  ])('takes for no fall: %s', (_, samples) => {
    expect(eventsOf(samples)).toEqual([]);
  });

  it('decides at 3 g and at 45 degrees in every range', () => {
    for (const range of [1, 2, 3]) {
      const scaled = (samples: (Sample | null)[]): (Sample | null)[] =>
        samples.map(
          (one) => one && (one.map((value) => Math.round((value * 4) / 2 ** range)) as unknown as Sample),
        );
      expect(eventsOf(scaled(fall(3.01, 45.2)), range)).toHaveLength(1);
      expect(eventsOf(scaled(fall(3, 45.2)), range)).toHaveLength(0);
      expect(eventsOf(scaled(fall(3.01, 44.8)), range)).toHaveLength(0);
    }
  });

  it('tells the greatest impact of the first second, and when it was', () => {
    const samples = fall(4, 120);
    samples[120 + 30] = impactOf(6);
    samples[120 + 60] = impactOf(7);
    expect(eventsOf(samples)[0]![1]).toMatchObject({ peak: 3 * G, offsetMs: 600 });
  });

  it('bears samples that are missing', () => {
    const samples = fall(5, 90).map((sample, at) => (at % 3 === 1 && at !== 120 ? null : sample));
    expect(eventsOf(samples)).toHaveLength(1);
  });

  it('takes what comes within 5 s of a fall for a part of it, and then looks again', () => {
    const again = (ticks: number): number =>
      eventsOf([...fall(5, 90, ticks - 1), impactOf(5), ...times(150, lying(0))]).length;
    expect(again(FALL_DECISION_TICKS + 200)).toBe(1);
    expect(again(FALL_DECISION_TICKS + 249)).toBe(1);
    expect(again(FALL_DECISION_TICKS + 250)).toBe(2);
  });

  it('looks at the next impact at once when one was no fall', () => {
    const knock = [...times(120, lying(0)), impactOf(5), ...times(FALL_DECISION_TICKS - 1, lying(0))];
    expect(eventsOf([...knock, impactOf(5), ...times(150, lying(90))])).toHaveLength(1);
  });

  it('forgets at a start how the device lay', () => {
    const detector = new FallDetector(ACCEL_RANGE);
    const samples = fall();
    for (const [at, sample] of samples.entries()) {
      if (at === 110) detector.reset();
      expect(detector.feed(...sample!)).toBeNull();
    }
  });

  it('is what its definition says, in seeded lives', () => {
    let found = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const accelRange = seed % 4;
      const into = new Int16Array(6 * 3000);
      const samples = Array.from({ length: 3000 }, (_, tick): Sample | null => {
        putSample(seed, tick, accelRange, into);
        const isMissing = tick % (7 + seed) === 0 || (seed % 5 === 0 && tick % 400 < 60);
        return isMissing ? null : ([...into.subarray(6 * tick, 6 * tick + 6)] as unknown as Sample);
      });
      const events = eventsOf(samples, accelRange);
      expect(events).toEqual(slowEventsOf(samples, accelRange));
      found += events.length;
    }
    expect(found).toBeGreaterThan(20);
  });
});
