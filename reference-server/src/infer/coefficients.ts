/**
 * Fitted to synthetic patients only, by `node simulator/dist/patients/fit/fit-command.js`: the numbers below are
 * what it prints, and a test fits them again. Few features, most of them ratios, because a model fitted
 * to raw band powers of synthetic people fails on real ones. Nothing here was tried on enough people to mean
 * anything clinically.
 */
export const COEFFICIENTS = {
  version: 'first-2',
  tremorSlot: { intercept: 0.002, weights: { gyroTremorToLocomotion: 1.288, gyroMovement: -0.118 } },
  gaitSlot: {
    intercept: -0.469,
    weights: { stepsOffCadence: -3.511, gyroTremorToLocomotion: -1.01, accelToGyroLocomotion: 0.109 },
  },
  tremorWindow: { intercept: -5.172, weights: { slotScoreMean: 6.452, slotsPositiveShare: 5.602 } },
  gaitWindow: { intercept: -5.716, weights: { slotScoreMean: 6.657, slotsPositiveShare: 1.797 } },
} as const;
