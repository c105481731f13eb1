import { describe, expect, it } from 'vitest';
import { builtInTold } from './built-in-told.ts';
import { thresholdOf, toldModelOf, ungradedOf } from './told-model.ts';

const told = (thresholds: Record<string, number>) => ({ version: 'other-1', thresholds, declined: {} });

describe('what a server tells of its model', () => {
  it('says from which score on an answer is positive', () => {
    expect(thresholdOf(told({ freezing: 430 }), 'freezing')).toBe(430);
    expect(thresholdOf(builtInTold(), 'tremor')).toBeGreaterThan(0);
  });

  it.each([
    ['tells nothing', undefined],
    ['tells of others', told({ gait: 300 })],
    ['tells what would call every slot positive', told({ freezing: 0 })],
    ['tells what no score can reach', told({ freezing: 1001 })],
    ['tells no number of thousandths', told({ freezing: 0.43 })],
  ])('means even odds where it %s', (_, model) => {
    expect(thresholdOf(model, 'freezing')).toBe(500);
  });

  it('is read out of whatever settings say, and is nothing where they say nothing of the kind', () => {
    const model = {
      version: 'a',
      thresholds: { gait: 400, tremor: '7', spleen: 3 },
      declined: { x: 'y', z: 1 },
    };
    expect(toldModelOf(model)).toEqual({ version: 'a', thresholds: { gait: 400 }, declined: { x: 'y' } });
    expect(toldModelOf({ version: 'a' })).toEqual({ version: 'a', thresholds: {}, declined: {} });
    for (const nothing of [undefined, null, 'second-1', {}, { version: 3 }]) {
      expect(toldModelOf(nothing)).toBeUndefined();
    }
  });

  it('leaves no condition out in silence: those that are not graded have a reason', () => {
    const ungraded = ungradedOf(builtInTold());
    expect(ungraded.map(({ condition }) => condition)).toEqual([
      'bradykinesia',
      'dyskinesia',
      'rigidityProxy',
    ]);
    expect(ungraded[1]!.reason).toMatch(/one device and one minute do not tell them apart/);
    expect(ungradedOf(undefined)[1]!.reason).toMatch(/does not say why/);
  });
});
