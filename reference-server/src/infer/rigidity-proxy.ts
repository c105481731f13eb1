import type { ConditionAssessment, SlotScore } from '@gaitway/contract';
import { gaitLogOdds } from './gait.ts';
import { contributionsOf, type LinearModel, sigmoid, thousandths } from './linear-model.ts';
import type { ConditionModel } from './model.ts';
import { type SignalFeatures, SLOT_FAULTS } from './signal-features.ts';
import { assessSlots, type WindowFeatures } from './window-model.ts';

/**
 * Set by hand, not fitted: an arm that swings at 45 deg/s is usual (the centre of the signal model's range),
 * half of that is even odds, and an octave more or less moves the log-odds by 2.
 */
const SLOT_MODEL: LinearModel<'armSwing'> = { intercept: 2 * Math.log2(22.5), weights: { armSwing: -2 } };

/** The window's log-odds rise from -3 to 3 with the mean of its walking slots; the share adds nothing to it. */
const WINDOW_MODEL: LinearModel<keyof WindowFeatures> = {
  intercept: -3,
  weights: { slotScoreMean: 6, slotsPositiveShare: 0 },
};

/**
 * A proxy, never rigidity itself: that is resistance to passive movement, which no worn sensor sees. Of what it
 * sees, the swing of the arm in walking goes with rigidity in the less affected arm only (48 people, OxQUIP), and
 * slowness lowers it as well. So: walking slots only, low confidence, no severity.
 */
export const rigidityProxyModel: ConditionModel = {
  condition: 'rigidityProxy',

  slotScore(features: SignalFeatures): number | null {
    if (features.fault !== null || gaitLogOdds(features) < 0) return null;
    return thousandths(SLOT_MODEL.intercept + SLOT_MODEL.weights.armSwing * features.armSwing);
  },

  explainSlot(features: SignalFeatures): ConditionAssessment {
    const condition = 'rigidityProxy';
    if (features.fault !== null) return { condition, assessable: false, reason: SLOT_FAULTS[features.fault] };
    if (gaitLogOdds(features) < 0) {
      return { condition, assessable: false, reason: 'the arm swings in walking only, and this is none' };
    }
    const { score, contributions } = contributionsOf(SLOT_MODEL, features);
    return { condition, assessable: true, score, probability: sigmoid(score), contributions };
  },

  assess(slots: readonly SlotScore[]): ConditionAssessment {
    return assessSlots('rigidityProxy', slots, WINDOW_MODEL, 'walking, worn at the wrist, without gaps');
  },
};
