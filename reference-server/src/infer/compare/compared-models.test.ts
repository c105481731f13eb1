import { Placement } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { createNullMeter } from '../../observe/null-meter.ts';
import { createStageTimer } from '../../observe/stage-timer.ts';
import { ALARMED, blindSlotHead, candidate, ESTRANGED, SILENT, UNDECIDED } from '../candidates.fixture.ts';
import { OneModel } from '../inference.ts';
import { builtInModel } from '../load-model.ts';
import type { Model } from '../model.ts';
import { MODEL_VERSION } from '../model-names.ts';
import { breachOf, ROLL_OUT_LIMITS_DEFAULT } from '../roll-out/guard.ts';
import { playWindow, WINDOW_MS } from '../windows.fixture.ts';
import { ComparedModels } from './compared-models.ts';
import { FOUND_MIN } from './finding-comparison.ts';

const CURRENT = builtInModel(MODEL_VERSION);
const WINDOWS = 600;
const BLIND_FOR_FREEZES = blindSlotHead(
  CURRENT.file.slotHeads.findIndex(({ condition }) => condition === 'freezing'),
);

function inShadow(second: Model, nowMs = () => 0, legShare = 0) {
  const meter = createNullMeter();
  const models = new ComparedModels({
    ...{ current: CURRENT, candidate: second, meter },
    stages: createStageTimer(nowMs),
  });
  const documents = Array.from({ length: WINDOWS }, (_, i) =>
    playWindow(
      models,
      i % 50,
      Math.floor(i / 50) * WINDOW_MS,
      i % 50 < 50 * legShare ? Placement.shank : Placement.wrist,
    ),
  );
  return { models, meter, documents };
}
const breach = (second: Model, nowMs?: () => number) =>
  breachOf(inShadow(second, nowMs).models.figures(), ROLL_OUT_LIMITS_DEFAULT);

describe('a model in shadow', () => {
  it('changes no document, whatever it says', () => {
    const alone = new OneModel();
    const { documents } = inShadow(ALARMED);
    documents.forEach((document, i) => {
      expect(document).toEqual(playWindow(alone, i % 50, Math.floor(i / 50) * WINDOW_MS));
    });
  });

  it('is compared and counted, slot by slot and window by window', () => {
    const { meter } = inShadow(ALARMED);
    const slots = (positive: string) =>
      meter.countOf('modelSlotsCompared', { condition: 'tremor', positive });
    expect(slots('candidateOnly')).toBeGreaterThan(WINDOWS);
    expect(slots('currentOnly')).toBe(0);
    expect(slots('both') + slots('candidateOnly')).toBe(12 * WINDOWS);
    const windows = ['both', 'neither', 'currentOnly', 'candidateOnly', 'silent'].map((positive) =>
      meter.countOf('modelWindowsCompared', { condition: 'gait', positive }),
    );
    expect(windows.reduce((sum, count) => sum + count)).toBe(WINDOWS);
    expect(meter.countOf('modelSlotsCompared', { condition: 'freezing', positive: 'silent' })).toBe(
      12 * WINDOWS,
    );
  });

  it('that says the same is within every limit', () => {
    const { models } = inShadow(candidate());
    expect(models.figures()).toMatchObject({ windows: WINDOWS, calibrationError: 0, alertRate: 0 });
    // The scenes are no sample of patients: of the index only its limit is at stake elsewhere.
    expect(breachOf({ ...models.figures(), driftIndex: 0 }, ROLL_OUT_LIMITS_DEFAULT)).toBeNull();
  });

  it('leaves the limit of the calibration error when it is undecided', () => {
    expect(breach(UNDECIDED)).toMatchObject({ figure: 'calibrationError' });
  });

  it('leaves the limit of the alert rate when it is alarmed', () => {
    const figures = { ...inShadow(ALARMED).models.figures(), calibrationError: 0 };
    expect(breachOf(figures, ROLL_OUT_LIMITS_DEFAULT)).toMatchObject({ figure: 'alertRate' });
  });

  it('leaves the limit of what it may keep silent of when it lacks heads, however well it speaks of the rest', () => {
    const figures = inShadow(SILENT).models.figures();
    expect(figures).toMatchObject({ silentShare: 1, tooFewOf: ['rigidityProxy', 'gait'] });
    expect(breachOf({ ...figures, alertRate: 0 }, ROLL_OUT_LIMITS_DEFAULT)).toMatchObject({
      figure: 'silentShare',
    });
  });

  it('that is blind for what is rare leaves the limit of what it may miss, and no other', () => {
    const { models, meter, documents } = inShadow(BLIND_FOR_FREEZES, () => 0, 1);
    const freezes = meter.countOf('modelWindowsCompared', { condition: 'freezing', positive: 'currentOnly' });
    expect(freezes).toBeGreaterThan(FOUND_MIN);
    expect(freezes / documents.length).toBeLessThan(0.1);
    const figures = models.figures();
    expect(figures).toMatchObject({ missedShare: 1, worst: { missedShare: 'freezing at the shank' } });
    // As in a fleet with a leg in four: all windows share the alerts that are missing.
    const ofAll = { ...figures, alertRate: figures.alertRate / 4, driftIndex: 0, tooFewOf: [] };
    expect(breachOf({ ...ofAll, missedShare: 0 }, ROLL_OUT_LIMITS_DEFAULT)).toBeNull();
    expect(breachOf(ofAll, ROLL_OUT_LIMITS_DEFAULT)).toMatchObject({ figure: 'missedShare' });
  });

  it('that finds what is rare everywhere leaves the limit of what it may add', () => {
    const everywhere = candidate(({ windowHeads }) => ({
      windowHeads: { ...windowHeads, freezing: { ...windowHeads.freezing, weights: {}, intercept: 0 } },
    }));
    const { models, meter } = inShadow(everywhere, () => 0, 1);
    expect(models.figures()).toMatchObject({
      missedShare: 0,
      worst: { addedShare: 'freezing at the shank' },
    });
    expect(models.figures().addedShare).toBeGreaterThan(1);
    expect(
      meter.countOf('modelWindowsCompared', { condition: 'freezing', positive: 'candidateOnly' }),
    ).toBeGreaterThan(WINDOWS / 2);
  });

  it('misses what it says nothing of', () => {
    expect(inShadow(SILENT).models.figures()).toMatchObject({
      missedShare: 1,
      worst: { missedShare: expect.stringMatching(/ at the wrist$/) },
    });
  });

  it('is judged by no share of what was found seldom', () => {
    const { models, meter } = inShadow(BLIND_FOR_FREEZES, () => 0, 0.1);
    expect(
      meter.countOf('modelWindowsCompared', { condition: 'freezing', positive: 'currentOnly' }),
    ).toBeGreaterThan(0);
    const { missedShare, tooFewOf } = models.figures();
    expect(missedShare).toBe(0);
    expect(tooFewOf).toContainEqual(
      expect.stringMatching(/^freezing at the shank \(found in [0-9]+ windows, 30 are needed\)$/),
    );
  });

  it('leaves the limit of its time when it is slow, by the clock that the stages have', () => {
    let looks = 0;
    const slow = () => ++looks;
    expect(inShadow(candidate()).models.figures().microsPerWindow).toBe(0);
    expect(breach(candidate(), slow)).toMatchObject({ figure: 'microsPerWindow' });
  });

  it('leaves the limit of the drift when it was calibrated on others', () => {
    expect(breach(ESTRANGED)).toMatchObject({
      figure: 'driftIndex',
      says: expect.stringContaining('600 windows'),
    });
  });

  it('is judged over 500 windows at least', () => {
    const figures = inShadow(UNDECIDED).models.figures();
    expect(breachOf({ ...figures, windows: 499 }, ROLL_OUT_LIMITS_DEFAULT)).toBeUndefined();
    expect(breachOf({ ...figures, windows: 500 }, ROLL_OUT_LIMITS_DEFAULT)).not.toBeNull();
  });

  it('keeps a document of either to the model that wrote it', () => {
    const { models } = inShadow(candidate());
    expect(models.modelsOf('third-1', 'p1', 0).model.version).toBe('third-1');
    expect(models.modelsOf(MODEL_VERSION, 'p1', 0).model.version).toBe(MODEL_VERSION);
    expect(models.modelsOf('first-1', 'p1', 0).model.version).toBe(MODEL_VERSION);
    expect(models.modelsOf('third-1', 'p1', 0).second).toBeUndefined();
  });
});
