import { describe, expect, it } from 'vitest';
import {
  areaOf,
  calibrationErrorIn,
  coverageIn,
  fallsFound,
  falseFallsPerDay,
  mountingAlike,
  sensitivityAt,
  sensitivityWhere,
  specificityAt,
  squaredCalibrationErrorIn,
} from './figures.ts';
import { figureOverBodies } from './over-bodies.ts';
import { personOf, serverSaid } from './quality.fixture.ts';

const GROUP = 'freezing';
const said = (
  positives: readonly number[],
  negatives: readonly number[],
  missed: Parameters<typeof serverSaid>[3] = {},
  body = 'one',
) => personOf({ body, ...serverSaid(GROUP, positives, negatives, missed) });

describe('the figures of held-out people', () => {
  it('are those of all their slots together', () => {
    const people = [said([900, 300], [100]), said([700], [600, 200])];
    expect(sensitivityAt('server', GROUP, 500)(people)).toBeCloseTo(2 / 3, 9);
    expect(specificityAt('server', GROUP, 500)(people)).toBeCloseTo(2 / 3, 9);
    // Of nine pairs only 300 against 600 is in the wrong order.
    expect(areaOf('server', GROUP)(people)).toBeCloseTo(8 / 9, 9);
  });

  it('take a slot without an answer for a miss, on either side', () => {
    const people = [said([900], [100], { missedPositives: 1, missedNegatives: 3 })];
    expect(sensitivityAt('server', GROUP, 500)(people)).toBe(0.5);
    expect(specificityAt('server', GROUP, 500)(people)).toBe(0.25);
    expect(areaOf('server', GROUP)(people)).toBeCloseTo(1 / 8, 9);
    expect(coverageIn([GROUP])(people)).toBeCloseTo(2 / 6, 9);
  });

  it('compare two methods where both leave as many others alone', () => {
    const people = [
      said(
        [900, 650, 300, 250],
        [700, ...new Array<number>(9).fill(260), ...new Array<number>(10).fill(100)],
      ),
    ];
    // One of twenty passes 260, at which nine more would.
    expect(sensitivityWhere('server', GROUP, 0.9)(people)).toBe(0.75);
    expect(sensitivityWhere('server', GROUP, 1)(people)).toBe(0.25);
  });

  it('say how far probabilities lie from what is true, as they are and squared', () => {
    const people = [said([500, 500], [500, 500])];
    expect(calibrationErrorIn([GROUP])(people)).toBe(0);
    expect(squaredCalibrationErrorIn([GROUP])(people)).toBeCloseTo(0.25, 9);
    expect(calibrationErrorIn([GROUP])([personOf()])).toBeNaN();
  });

  it('count falls by events, and false alarms by the day', () => {
    const none = { events: 0, found: 0, falseAlarms: 0 };
    const falls = { kept: { events: 4, found: 3, falseAlarms: 1 }, raised: none, blow: none };
    const people = [personOf({ falls, fallHours: 12 }), personOf({ fallHours: 36 })];
    expect(fallsFound('kept')(people)).toBe(0.75);
    expect(falseFallsPerDay('kept')(people)).toBe(0.5);
    expect(fallsFound('raised')(people)).toBeNaN();
    // Whose device tells of no falls thins out nobody's false alarms.
    expect(falseFallsPerDay('kept')([...people, personOf({ fallHours: 0 })])).toBe(0.5);
  });

  it('tell devices that are turned any way from devices that are not', () => {
    const turned = (up: [number, number, number]) => personOf({ upWalking: up });
    expect(mountingAlike([turned([1, 0, 0]), turned([1, 0, 0]), personOf()])).toBe(1);
    expect(mountingAlike([turned([1, 0, 0]), turned([-1, 0, 0])])).toBe(0);
    expect(mountingAlike([personOf()])).toBeNaN();
  });
});

describe('the interval of a figure', () => {
  const sensitivity = sensitivityAt('server', GROUP, 500);
  const half = (body: (at: number) => string) =>
    Array.from({ length: 40 }, (_, at) => said([at % 2 === 0 ? 900 : 100], [], {}, body(at)));

  it('holds the figure, and is as wide as the bodies that it was measured on allow', () => {
    const { value, low, high } = figureOverBodies(
      half((at) => `${at}`),
      sensitivity,
    );
    expect(value).toBe(0.5);
    // Of 40 independent ones 1.96 standard errors are 0.155.
    expect(low).toBeCloseTo(0.345, 1);
    expect(high).toBeCloseTo(0.655, 1);
  });

  it('is wider where slots go together, however many they are', () => {
    const { low, high } = figureOverBodies(
      half((at) => `${at % 4}`),
      sensitivity,
    );
    expect(low).toBe(0);
    expect(high).toBe(1);
  });
});
