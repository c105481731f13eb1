import type { ConditionAssessment, SlotScore } from '@gaitway/contract';
import { COEFFICIENTS } from './coefficients.ts';
import { contributionsOf, sigmoid, thousandths } from './linear-model.ts';
import type { ConditionModel } from './model.ts';
import { type SignalFeatures, SLOT_FAULTS } from './signal-features.ts';
import { assessSlots } from './window-model.ts';

const { intercept, weights } = COEFFICIENTS.gaitSlot;

/** Log-odds that the person walks in this slot. Only for features without a fault. */
export function gaitLogOdds(features: SignalFeatures): number {
  return (
    intercept +
    weights.stepsOffCadence * features.stepsOffCadence +
    weights.gyroTremorToLocomotion * features.gyroTremorToLocomotion +
    weights.accelToGyroLocomotion * features.accelToGyroLocomotion
  );
}

/**
 * Does the person walk? People walk at 1.7 steps a second in the median (sustained harmonic walking,
 * PMC5875188); their power lies in the locomotion band 0.5-3 Hz (Moore 2008) and not in that of tremor; and the
 * whole body moves, not only the arm, so the accelerometer has more of it for as much rotation. It says
 * nothing of how well somebody walks, so it has no severity; freezing of gait cannot be told from a wrist.
 */
export const gaitModel: ConditionModel = {
  condition: 'gait',

  slotScore(features: SignalFeatures): number | null {
    return features.fault === null ? thousandths(gaitLogOdds(features)) : null;
  },

  explainSlot(features: SignalFeatures): ConditionAssessment {
    if (features.fault !== null) {
      return { condition: 'gait', assessable: false, reason: SLOT_FAULTS[features.fault] };
    }
    const { score, contributions } = contributionsOf(COEFFICIENTS.gaitSlot, features);
    return { condition: 'gait', assessable: true, score, probability: sigmoid(score), contributions };
  },

  assess(slots: readonly SlotScore[]): ConditionAssessment {
    return assessSlots('gait', slots, COEFFICIENTS.gaitWindow, 'worn at the wrist, without gaps');
  },
};
