import type { InsightPredicate, WindowDocument } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { builtInModel } from '../infer/load-model.ts';
import { MODEL_VERSION } from '../infer/model-names.ts';
import { SIGNAL_FEATURES } from '../infer/signal-features.ts';
import { builtInWriter } from './built-in-writer.ts';
import { checkSentence, checkSentences } from './check-sentences.ts';
import { statisticNow } from './facts.ts';
import { type Drivers, FIRST_MS, materialWith, windowOf, windowsFrom } from './material.fixture.ts';
import { SIGNS, strongestSignOf } from './strongest-sign.ts';

const NOW = 'statistic:tremor:now';
const HAND = { tremor: { gyroTremorToLocomotion: 3, gyroStillness: -1 } };
const STILL = { tremor: { gyroTremorToLocomotion: 0.5, gyroStillness: 1 } };
const NOTHING = { tremor: { gyroTremorToLocomotion: -1, gyroStillness: -2 } };

/** Tremor in four of six windows; in three of these the hand's rotation spoke for it most. */
const DRIVEN: Drivers[] = [HAND, HAND, STILL, HAND, HAND, STILL];
const history = (drivers: readonly Drivers[] = DRIVEN) => ({
  now: windowsFrom(
    60,
    [0.9, 0.8, 0.7, 0.6, 0.2, 0.1].map((tremor) => ({ tremor })),
    drivers,
  ),
});
const claim = (feature: string, value: number, comparison: 'equals' | 'atLeast' = 'equals') =>
  ({ kind: 'driver', condition: 'tremor', feature, comparison, value }) as InsightPredicate;
const TEXT =
  'In 3 of the 4 windows with tremor, what spoke for it most was the share of the rotation that was at the rate of tremor.';
const TRUE = claim('gyroTremorToLocomotion', 3);

describe('what spoke for a condition most', () => {
  it('is told by the built-in writer, in how many of the windows in which it was found', async () => {
    const material = materialWith(history());
    expect(statisticNow(material.facts, 'tremor').drivers).toEqual([
      { feature: 'gyroTremorToLocomotion', windows: 3 },
      { feature: 'gyroStillness', windows: 1 },
    ]);
    const { kept, removed } = checkSentences(await builtInWriter.write(material), material);
    expect(removed).toEqual([]);
    expect(kept).toContainEqual({ text: TEXT, supports: [NOW], predicate: TRUE });
    expect(kept.filter(({ predicate }) => predicate.kind === 'driver')).toHaveLength(1);
  });

  it.each<[string, string, InsightPredicate, string]>([
    ['another feature', TEXT, claim('gyroStillness', 3), 'predicate_false'],
    [
      'a feature of a text that is not the one claimed',
      TEXT,
      claim('gyroStillness', 1),
      'number_unsupported',
    ],
    ['another number', TEXT.replace('3', '4'), claim('gyroTremorToLocomotion', 4), 'predicate_false'],
    ['a number that is not the one claimed', TEXT.replace('3', '4'), TRUE, 'wording_unknown'],
    ['a feature that spoke most in no window', TEXT, claim('armSwing', 0), 'predicate_false'],
    ['a feature that there is not', TEXT, claim('mood', 3), 'bad_form'],
    ['a bound that is always true', TEXT, claim('gyroTremorToLocomotion', 0, 'atLeast'), 'unfit_bound'],
    ['a cause', 'Tremor came from the share of the rotation.', TRUE, 'wording_unknown'],
  ])('is removed with %s', (_, text, predicate, fault) => {
    const material = materialWith(history());
    expect(checkSentence({ text, supports: [NOW], predicate }, material)).toBe(fault);
    expect(checkSentence({ text: TEXT, supports: [NOW], predicate: TRUE }, material)).toMatchObject({
      text: TEXT,
    });
  });

  it('is computed again from the windows: what their documents hold decides, and not what a statistic shows', () => {
    const otherwise = materialWith(history([STILL, STILL, STILL, HAND, HAND, HAND]));
    expect(checkSentence({ text: TEXT, supports: [NOW], predicate: TRUE }, otherwise)).toBe(
      'predicate_false',
    );
    const material = materialWith(history());
    Object.assign(material.items.get(NOW)!, { drivers: [{ feature: 'armSwing', windows: 4 }] });
    expect(checkSentence({ text: TEXT, supports: [NOW], predicate: claim('armSwing', 4) }, material)).toBe(
      'predicate_false',
    );
  });

  it('is told of windows that are picked one by one as well, of which it was found in some', () => {
    const material = materialWith(history());
    const supports = [2, 3, 4]
      .map((at) => windowOf(60 + at, {}).startMs)
      .map((startMs) => `window:${startMs}`);
    const text =
      'What spoke for tremor most in 1 of 2 windows in which it was found among 3 windows picked out of 6 was how far the rotation at the rate of tremor was from rest.';
    expect(checkSentence({ text, supports, predicate: claim('gyroStillness', 1) }, material)).toMatchObject({
      text,
    });
  });

  it('is told of none, where a window does not say what drove it, or nothing did', async () => {
    const [, ...without] = DRIVEN;
    const unknown = materialWith(history([{}, ...without]));
    expect(statisticNow(unknown.facts, 'tremor')).not.toHaveProperty('drivers');
    expect(checkSentence({ text: TEXT, supports: [NOW], predicate: TRUE }, unknown)).toBe('unfit_citation');
    const nothing = materialWith(history(Array(6).fill(NOTHING)));
    expect(statisticNow(nothing.facts, 'tremor').drivers).toEqual([]);
    const { kept, removed } = checkSentences(await builtInWriter.write(nothing), nothing);
    expect([kept.some(({ predicate }) => predicate.kind === 'driver'), removed]).toEqual([false, []]);
  });

  it('is what a model of ours says of slots that it scored', () => {
    const model = builtInModel(MODEL_VERSION);
    const slots = Array.from({ length: 12 }, (_, at) => ({
      ...{ startMs: FIRST_MS + 5000 * at, boot: 1, seq: at },
      ...{ tremor: 900, rigidityProxy: null, gait: 100, freezing: null },
    }));
    const moved = (feature: string, by: number) =>
      ({ condition: 'tremor', feature, slots: 12, value: 0, moved: 12 * 1_000_000 * by }) as const;
    const drivers = [moved('gyroTremorToLocomotion', 0.5), moved('gyroStillness', 0.1)];
    const said = (assessment: WindowDocument['assessment']) =>
      strongestSignOf(assessment.conditions.find(({ condition }) => condition === 'tremor')!);
    expect(said(model.assessWindow(slots, drivers))).toBe('gyroTremorToLocomotion');
    expect(said(model.assessWindow(slots))).toBeUndefined();
  });

  it('has words for each feature, all different, and no number in them', () => {
    const words = SIGNAL_FEATURES.map((feature) => SIGNS[feature]);
    expect(new Set(words).size).toBe(SIGNAL_FEATURES.length);
    expect(words.filter((one) => /\d/.test(one))).toEqual([]);
  });
});
