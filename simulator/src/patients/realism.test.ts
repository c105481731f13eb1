import { Placement } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { ARCHETYPE_AT, ARCHETYPES, frozenArchetype, TAKES_PER_BODY } from './archetypes.ts';
import { motionOf } from './motion.ts';
import { RANGES_DEFAULT } from './readings.ts';
import { synthesise } from './signal.ts';
import { logFreezeIndex, movementRms, peakRatio, powerOf, tenths } from './spectrum.fixture.ts';
import { BODY_BINS } from './traits.ts';

/** Counts at the ranges of the fleet: 8 g and 1000 deg/s. */
const PER_G = 4096;
const PER_DEG_PER_SECOND = 131 / 4;
const SEEDS = [31, 32, 33];
const VARIANTS = BODY_BINS * TAKES_PER_BODY;

/** Takes of an archetype, for several seeds. */
function takesOf(archetype: number, placement: Placement, seeds: readonly number[] = SEEDS): Int16Array[] {
  return seeds.flatMap((seed) =>
    Array.from({ length: VARIANTS }, (_, variant) =>
      synthesise(seed, archetype, variant, 250, RANGES_DEFAULT, placement),
    ),
  );
}

type Tenths = readonly [p10: number, p50: number, p90: number];

/** Each tenth within its band. */
function expectTenths(all: readonly number[], bands: readonly (readonly [number, number])[]): void {
  const found = tenths(all);
  for (const [i, [least, most]] of bands.entries()) {
    const says = `p${[10, 50, 90][i]} of ${found.map((one) => one.toFixed(2)).join(' / ')}`;
    expect(found[i], says).toBeGreaterThanOrEqual(least);
    expect(found[i], says).toBeLessThanOrEqual(most);
  }
}

const magnitudes = (samples: Int16Array): number[] =>
  Array.from(
    { length: samples.length / 6 },
    (_, i) => Math.hypot(...samples.subarray(i * 6, i * 6 + 3)) / PER_G,
  );

const tilt = (samples: Int16Array): number => {
  const second = (from: number): Tenths =>
    [0, 1, 2].map((axis) => {
      let sum = 0;
      for (let i = from; i < from + 50; i++) sum += samples[i * 6 + axis]!;
      return sum / 50;
    }) as unknown as Tenths;
  const [a, b] = [second(0), second(200)];
  const cosine = (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) / (Math.hypot(...a) * Math.hypot(...b));
  return (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
};

/**
 * Textbook signals are too clean. The bands stand around percentiles of real people (research note on inference, 2.3 for shanks and the
 * peak ratio, 1.6 for falls); each test names them.
 */
describe('shanks', () => {
  const frozen = takesOf(frozenArchetype(0, 5, false), Placement.shank);
  const walking = ARCHETYPE_AT.walking.flatMap((archetype) => takesOf(archetype, Placement.shank, [31]));

  it('tremble in a freeze as strongly as real ones: 0.43 / 0.79 / 1.40 g', () => {
    expectTenths(
      frozen.map((samples) => movementRms(samples, 0, PER_G)),
      [
        [0.25, 0.6],
        [0.6, 1],
        [1.0, 1.9],
      ],
    );
  });

  it('have a freeze index as real freezes: ln FI 0.56 / 1.15 / 2.63', () => {
    expectTenths(
      frozen.map((samples) => logFreezeIndex(powerOf(samples, 0, PER_G))),
      [
        [0.1, 0.9],
        [0.8, 1.5],
        [1.4, 2.8],
      ],
    );
  });

  it('move in walking as strongly as real ones: 0.30 / 0.76 / 1.16 g', () => {
    expectTenths(
      walking.map((samples) => movementRms(samples, 0, PER_G)),
      [
        [0.25, 0.6],
        [0.6, 0.95],
        [0.9, 1.5],
      ],
    );
  });

  it('have a freeze index as real walking, which overlaps that of freezes: ln FI -0.70 / -0.09 / 0.83', () => {
    expectTenths(
      walking.map((samples) => logFreezeIndex(powerOf(samples, 0, PER_G))),
      [
        [-1.2, -0.4],
        [-0.4, 0.2],
        [0.4, 1.1],
      ],
    );
  });

  it('are as still in an akinetic freeze as in a stop: the index cannot tell them', () => {
    const rms = (all: readonly Int16Array[]): Tenths => tenths(all.map((one) => movementRms(one, 0, PER_G)));
    expect(rms(takesOf(frozenArchetype(0, 5, true), Placement.shank))[1]).toBeLessThan(0.1);
    expect(rms(takesOf(ARCHETYPE_AT.confounder['voluntary-stop'][1]!, Placement.shank))[1]).toBeLessThan(0.2);
  });
});

describe('wrists', () => {
  it('tremble less cleanly than a textbook: of 0.5-15 Hz real ones hold 0.38 around the peak', () => {
    const ratios = ARCHETYPE_AT.rest
      .slice(1)
      .flatMap((archetype) => takesOf(archetype, Placement.wrist, [31]))
      .map((samples) => peakRatio(powerOf(samples, 3, PER_DEG_PER_SECOND)));
    expectTenths(ratios, [
      [0.05, 0.35],
      [0.3, 0.55],
      [0.5, 0.8],
    ]);
  });

  it('hold brushing in the tremor band that a tremor index alone takes for a tremor', () => {
    const brushing = takesOf(ARCHETYPE_AT.confounder['tooth-brushing'][1]!, Placement.wrist);
    const ratios = brushing.map((samples) => peakRatio(powerOf(samples, 3, PER_DEG_PER_SECOND)));
    expect(tenths(ratios)[1]).toBeGreaterThan(0.25);
    expect(tenths(brushing.map((samples) => movementRms(samples, 3, PER_DEG_PER_SECOND)))[1]).toBeGreaterThan(
      35,
    );
  });

  it('are never stiller than a sensor and a living hand', () => {
    const rest = takesOf(ARCHETYPE_AT.rest[0]!, Placement.wrist);
    expect(Math.min(...rest.map((one) => movementRms(one, 3, PER_DEG_PER_SECOND)))).toBeGreaterThan(0.35);
    expect(Math.min(...rest.map((one) => movementRms(one, 0, PER_G)))).toBeGreaterThan(0.003);
  });
});

describe('falls at the wrist', () => {
  const falls = ARCHETYPE_AT.falling.flatMap((archetype) => takesOf(archetype, Placement.wrist));

  it('peak as those of WEDA-FALL: 3.6 / 5.0 / 6.1 g', () => {
    expectTenths(
      falls.map((samples) => Math.max(...magnitudes(samples))),
      [
        [3.1, 4.1],
        [4.5, 5.5],
        [5.6, 7],
      ],
    );
  });

  it('turn as those of WEDA-FALL: 425 / 625 / 1052 deg/s', () => {
    const peaks = falls.map((samples) =>
      Math.max(
        ...Array.from(
          { length: 250 },
          (_, i) => Math.hypot(...samples.subarray(i * 6 + 3, i * 6 + 6)) / PER_DEG_PER_SECOND,
        ),
      ),
    );
    expectTenths(peaks, [
      [340, 510],
      [520, 740],
      [850, 1250],
    ]);
  });

  it('tilt as those of WEDA-FALL: 42 / 79 / 123 degrees', () => {
    expectTenths(falls.map(tilt), [
      [30, 55],
      [65, 92],
      [105, 140],
    ]);
  });

  it('are weightless for a moment, and some hardly: least 0.21 / 0.49 / 0.82 g in the second before', () => {
    const least = ARCHETYPE_AT.falling.flatMap((archetype) =>
      SEEDS.flatMap((seed) =>
        Array.from({ length: VARIANTS }, (_, variant) => {
          const samples = synthesise(seed, archetype, variant, 250, RANGES_DEFAULT);
          const impact = Math.round(250 * motionOf(seed, archetype, variant).impactAt);
          return Math.min(...magnitudes(samples).slice(impact - 50, impact));
        }),
      ),
    );
    expectTenths(least, [
      [0.1, 0.35],
      [0.35, 0.6],
      [0.55, 0.95],
    ]);
  });

  it('come to lie where the slots after them lie', () => {
    const cosines = SEEDS.flatMap((seed) =>
      Array.from({ length: VARIANTS }, (_, variant) => {
        const up = (archetype: number, from: number): number[] => {
          const samples = synthesise(seed, archetype, variant, 250, RANGES_DEFAULT);
          return [0, 1, 2].map((axis) => {
            let sum = 0;
            for (let i = from; i < 250; i++) sum += samples[i * 6 + axis]!;
            return sum / (250 - from);
          });
        };
        const after = up(ARCHETYPE_AT.falling[1]!, 225);
        const lying = up(ARCHETYPE_AT.lying[0]!, 0);
        const dot = after.reduce((sum, one, i) => sum + one * lying[i]!, 0);
        return dot / (Math.hypot(...after) * Math.hypot(...lying));
      }),
    );
    // Nine of ten within 40 degrees, half within 20: those who fell still move.
    expect(tenths(cosines)[0]).toBeGreaterThan(0.77);
    expect(tenths(cosines)[1]).toBeGreaterThan(0.94);
  });
});

describe('hard negatives at the wrist', () => {
  const peaksOf = (name: keyof typeof ARCHETYPE_AT.confounder): number[] =>
    ARCHETYPE_AT.confounder[name]
      .flatMap((archetype) => takesOf(archetype, Placement.wrist))
      .map((samples) => Math.max(...magnitudes(samples)));

  it('knock with 2-6 g and clap with 1-4 g', () => {
    expectTenths(peaksOf('table-knock'), [
      [1.8, 3],
      [2.8, 4.5],
      [4, 7],
    ]);
    expectTenths(peaksOf('clapping'), [
      [1.2, 2.6],
      [1.8, 3.5],
      [2.6, 5],
    ]);
  });

  it('lie down with the tilt of a fall, and without its blow', () => {
    const lying = ARCHETYPE_AT.confounder['lying-down-fast'].flatMap((archetype) =>
      takesOf(archetype, Placement.wrist),
    );
    expect(tenths(lying.map(tilt))[1]).toBeGreaterThan(55);
    expect(tenths(peaksOf('lying-down-fast'))[2]).toBeLessThan(2.2);
    expect(tenths(peaksOf('chair-drop'))[1]).toBeGreaterThan(1.3);
  });
});

it('every archetype has samples that differ from take to take, at both placements', () => {
  for (const placement of [Placement.wrist, Placement.shank]) {
    for (let archetype = 0; archetype < ARCHETYPES.length; archetype++) {
      const takes = [0, 1, 5].map((variant) =>
        synthesise(31, archetype, variant, 250, RANGES_DEFAULT, placement).join(),
      );
      expect(new Set(takes).size).toBe(3);
    }
  }
});
