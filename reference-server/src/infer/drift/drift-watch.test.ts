import { METRICS, normal, Placement } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { createNullMeter } from '../../observe/null-meter.ts';
import { builtInModel } from '../load-model.ts';
import type { ModelFile } from '../model-file.ts';
import { MODEL_VERSION } from '../model-names.ts';
import { emptySignalFeatures, SIGNAL_FEATURES, signalFeatureIndex } from '../signal-features.ts';
import { binOf, stabilityIndex } from './bins.ts';
import { DRIFT_SLOTS, DriftWatch } from './drift-watch.ts';

/** Deciles of a standard normal distribution. */
const EDGES = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816];
const SHARES = new Array<number>(10).fill(0.1);

function watch(meter = createNullMeter()) {
  const training = { wrist: { slots: 1000, features: { armSwing: { edges: EDGES, shares: SHARES } } } };
  const file: ModelFile = { ...builtInModel(MODEL_VERSION).file, training };
  return { meter, drift: new DriftWatch(file, 'candidate', meter) };
}

function see(
  drift: DriftWatch,
  slots: number,
  value: (slot: number) => number,
  placement: number = Placement.wrist,
) {
  const features = { ...emptySignalFeatures(), placement };
  for (let slot = 0; slot < slots; slot++) {
    features.values[signalFeatureIndex('armSwing')] = value(slot);
    drift.observe(features);
  }
}
const usual = (slot: number) => normal(5, 1, slot);

describe('drift', () => {
  it('is the population stability index: 0 where shares are as in training, and as reckoned by hand', () => {
    expect(stabilityIndex([0.5, 0.5], [40, 40])).toBe(0);
    // (0.75 - 0.5) ln 1.5 + (0.25 - 0.5) ln 0.5
    expect(stabilityIndex([0.5, 0.5], [30, 10])).toBeCloseTo(0.25 * Math.log(1.5) - 0.25 * Math.log(0.5), 12);
    expect(stabilityIndex([0.5, 0.5], [10, 0])).toBeLessThan(10);
    expect(stabilityIndex([0.5, 0.5], [0, 0])).toBe(0);
    expect([-2, -1.2816, 0, 5].map((value) => binOf(EDGES, value))).toEqual([0, 1, 5, 9]);
  });

  it('stays below 0.02 by chance, and passes 0.25 when the device measures another thing', () => {
    const { drift, meter } = watch();
    see(drift, DRIFT_SLOTS - 1, usual);
    expect(drift.index).toBe(0);
    see(drift, 1, usual);
    expect(drift.index).toBeGreaterThan(0);
    expect(drift.index).toBeLessThan(0.02);
    // A gyroscope of twice the range, of which nobody was told: an octave more.
    see(drift, DRIFT_SLOTS, (slot) => usual(slot) + 1);
    expect(drift.index).toBeGreaterThan(0.25);
    const labels = { model: 'candidate', placement: 'wrist', feature: 'armSwing' };
    expect(meter.gaugeOf('modelDrift', labels)).toBe(drift.index);
    see(drift, DRIFT_SLOTS, usual);
    expect(drift.index).toBeLessThan(0.02);
  });

  it('is of no slot that cannot be scored, and of no placement without training', () => {
    const { drift } = watch();
    const faulty = { ...emptySignalFeatures(), fault: 'gap' as const, placement: Placement.wrist };
    for (let i = 0; i < 2 * DRIFT_SLOTS; i++) drift.observe(faulty);
    see(drift, 2 * DRIFT_SLOTS, () => 100, Placement.shank);
    expect(drift.index).toBe(0);
  });

  it('of one placement hides behind no other, and of one without a complete look nothing is known', () => {
    const bins = { slots: 1000, features: { armSwing: { edges: EDGES, shares: SHARES } } };
    const file: ModelFile = {
      ...builtInModel(MODEL_VERSION).file,
      training: { wrist: bins, shank: bins, ankle: bins },
    };
    const drift = new DriftWatch(file, 'candidate', createNullMeter());
    see(drift, DRIFT_SLOTS, (slot) => usual(slot) + 1);
    see(drift, DRIFT_SLOTS - 1, usual, Placement.shank);
    expect(drift.unlooked).toEqual(['shank']);
    see(drift, 1, usual, Placement.shank);
    expect(drift.unlooked).toEqual([]);
    expect(drift.index).toBeGreaterThan(0.25);
    see(drift, DRIFT_SLOTS, usual);
    expect(drift.index).toBeLessThan(0.02);
  });

  it('of one feature hides behind no other, whichever comes last', () => {
    const bins = { edges: EDGES, shares: SHARES };
    for (const features of [
      { armSwing: bins, gyroTremor: bins },
      { gyroTremor: bins, armSwing: bins },
    ]) {
      const training = { wrist: { slots: 1000, features } };
      const file: ModelFile = { ...builtInModel(MODEL_VERSION).file, training };
      const drift = new DriftWatch(file, 'candidate', createNullMeter());
      const slot = { ...emptySignalFeatures(), placement: Placement.wrist };
      for (let i = 0; i < DRIFT_SLOTS; i++) {
        slot.values[signalFeatureIndex('armSwing')] = usual(i) + 1;
        slot.values[signalFeatureIndex('gyroTremor')] = usual(i);
        drift.observe(slot);
      }
      expect(drift.index).toBeGreaterThan(0.25);
    }
  });

  it('has a label for each feature that models look at', () => {
    expect(METRICS.modelDrift.labels.feature).toEqual(SIGNAL_FEATURES);
  });
});
