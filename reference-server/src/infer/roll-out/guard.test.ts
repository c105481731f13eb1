import { describe, expect, it } from 'vitest';
import { builtInModel } from '../load-model.ts';
import { MODEL_VERSION } from '../model-names.ts';
import { breachOf, type CandidateFigures, limitsOf, ROLL_OUT_LIMITS_DEFAULT } from './guard.ts';

const GOOD: CandidateFigures = {
  windows: 500,
  calibrationError: 0.049,
  alertRate: 0,
  silentShare: 0.01,
  missedShare: 0.1,
  addedShare: 0.1,
  microsPerWindow: 10,
  driftIndex: 0.1,
  tooFewOf: [],
};

describe('the limits of a roll-out', () => {
  it('are those that the model declares, and the usual ones where it declares none', () => {
    const { file } = builtInModel(MODEL_VERSION);
    expect(limitsOf({})).toEqual(ROLL_OUT_LIMITS_DEFAULT);
    expect(limitsOf(file)).toMatchObject({ windowsMin: 500, calibrationError: 0.05 });
    expect(limitsOf({ limits: { alertRate: 0.2 } })).toEqual({ ...ROLL_OUT_LIMITS_DEFAULT, alertRate: 0.2 });
  });

  it('are left by a figure beyond them, over 500 windows and not before', () => {
    const limits = limitsOf(builtInModel(MODEL_VERSION).file);
    expect(breachOf(GOOD, limits)).toBeNull();
    expect(breachOf({ ...GOOD, calibrationError: 0.051 }, limits)).toEqual({
      figure: 'calibrationError',
      says: 'calibrationError is 0.051 over 500 windows, beyond 0.05',
    });
    expect(breachOf({ ...GOOD, alertRate: -0.06 }, limits)?.figure).toBe('alertRate');
    expect(breachOf({ ...GOOD, windows: 499, driftIndex: 1 }, limits)).toBeUndefined();
    expect(breachOf(GOOD, limitsOf({ limits: { calibrationError: 0.04 } }))?.figure).toBe('calibrationError');
    expect(breachOf({ ...GOOD, silentShare: 0.06 }, limits)?.figure).toBe('silentShare');
    expect(
      breachOf({ ...GOOD, missedShare: 0.31, worst: { missedShare: 'gait at the wrist' } }, limits),
    ).toEqual({
      figure: 'missedShare',
      says: 'missedShare is 0.31 (gait at the wrist) over 500 windows, beyond 0.3',
    });
    expect(breachOf({ ...GOOD, addedShare: 0.51 }, limits)?.figure).toBe('addedShare');
  });

  it('are passed by no figure that lacks samples, and left by those that have them', () => {
    const limits = limitsOf({});
    expect(breachOf({ ...GOOD, tooFewOf: ['freezing'] }, limits)).toBeUndefined();
    expect(breachOf({ ...GOOD, tooFewOf: ['freezing'], driftIndex: 1 }, limits)?.figure).toBe('driftIndex');
    const most = limits.windowsMost;
    expect(breachOf({ ...GOOD, windows: most - 1, tooFewOf: ['freezing'] }, limits)).toBeUndefined();
    expect(breachOf({ ...GOOD, windows: most, tooFewOf: ['freezing'] }, limits)).toEqual({
      figure: 'tooFewOf',
      says: 'too few were seen in 100000 windows of freezing; let it run in shadow, and decide',
    });
  });
});
