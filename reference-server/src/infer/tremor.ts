import type { ConditionAssessment, SlotScore } from '@gaitway/contract';
import { COEFFICIENTS } from './coefficients.ts';
import { contributionsOf, sigmoid, thousandths } from './linear-model.ts';
import type { ConditionModel } from './model.ts';
import { type SignalFeatures, SLOT_FAULTS } from './signal-features.ts';
import { assessSlots, windowFeatures } from './window-model.ts';

const { intercept, weights } = COEFFICIENTS.tremorSlot;

/**
 * How constant the tremor is, from the share of slots that show it: 0 none, 1 up to a quarter, 2 up to half,
 * 3 up to three quarters, 4 above. The steps are those of MDS-UPDRS item 3.18 (constancy of rest tremor), which a
 * clinician rates over a whole examination; not calibrated against one.
 */
export function constancy(positiveShare: number): number {
  return Math.ceil(4 * positiveShare);
}

/**
 * Rest tremor at the wrist. The gyroscope is free of gravity and separates it better than the accelerometer (Elble
 * 2017). Power in 3.5-7.5 Hz against the slow movement in 0.5-3 Hz; an arm at rest has at most 50 (deg/s)^2 there
 * (ParaDigMa; Timmermans 2025, doi 10.1038/s41531-025-01056-2), and what is above counts a little against it.
 */
export const tremorModel: ConditionModel = {
  condition: 'tremor',

  slotScore(features: SignalFeatures): number | null {
    if (features.fault !== null) return null;
    return thousandths(
      intercept +
        weights.gyroTremorToLocomotion * features.gyroTremorToLocomotion +
        weights.gyroMovement * features.gyroMovement,
    );
  },

  explainSlot(features: SignalFeatures): ConditionAssessment {
    if (features.fault !== null) {
      return { condition: 'tremor', assessable: false, reason: SLOT_FAULTS[features.fault] };
    }
    const { score, contributions } = contributionsOf(COEFFICIENTS.tremorSlot, features);
    return { condition: 'tremor', assessable: true, score, probability: sigmoid(score), contributions };
  },

  assess(slots: readonly SlotScore[]): ConditionAssessment {
    const assessment = assessSlots(
      'tremor',
      slots,
      COEFFICIENTS.tremorWindow,
      'worn at the wrist, without gaps',
    );
    const features = windowFeatures('tremor', slots);
    return features === null
      ? assessment
      : { ...assessment, severity: constancy(features.slotsPositiveShare) };
  },
};
