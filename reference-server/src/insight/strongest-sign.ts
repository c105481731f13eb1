import type { ConditionAssessment } from '@gaitway/contract';
import { SIGNAL_FEATURES, type SignalFeature } from '../infer/signal-features.ts';

/** What a feature of the signal is called in a sentence: what is measured, and neither much nor little of it. No digits. */
export const SIGNS: Readonly<Record<SignalFeature, string>> = {
  gyroTremorToLocomotion: 'the share of the rotation that was at the rate of tremor',
  gyroMovement: 'the amount of slow rotation',
  accelToGyroLocomotion: 'the balance between slow acceleration and slow rotation',
  stepsOffCadence: 'the step rate',
  armSwing: 'the size of the arm swing',
  freezeIndex: 'the freeze index (trembling against stepping)',
  accelStillness: 'how far the movement of the limb was from standing still',
  accelLocomotion: 'the strength of the movement at the rate of steps',
  gyroTremor: 'the strength of the rotation at the rate of tremor',
  gyroStillness: 'how far the rotation at the rate of tremor was from rest',
};

const isSign = (feature: string): feature is SignalFeature =>
  (SIGNAL_FEATURES as readonly string[]).includes(feature);

/**
 * The feature of the signal that raised the condition's score most in a window, by the contributions that its document holds. `null`:
 * none raised it. `undefined`: the document does not say what drove its slots, as one of an earlier version.
 */
export function strongestSignOf({ contributions }: ConditionAssessment): SignalFeature | null | undefined {
  let strongest: { feature: SignalFeature | null; contribution: number } | undefined;
  for (const { feature, contribution } of contributions ?? []) {
    if (!isSign(feature)) continue;
    strongest ??= { feature: null, contribution: 0 };
    if (contribution > strongest.contribution) strongest = { feature, contribution };
  }
  return strongest?.feature;
}
