/**
 * Fitted to synthetic patients only, by `node simulator/dist/patients/fit/fit-command.js`: the numbers below are
 * what it prints, and a test fits them again. Few features, most of them ratios, because a model fitted
 * to raw band powers of synthetic people fails on real ones. Nothing here was tried on enough people to mean
 * anything clinically.
 */
export const COEFFICIENTS = {
  version: 'first-1',
  tremorSlot: { intercept: -2.357, weights: { gyroTremorToLocomotion: 3.36, gyroMovement: -0.072 } },
  gaitSlot: {
    intercept: 23.042,
    weights: { stepsOffCadence: -6.478, gyroTremorToLocomotion: -1.888, accelToGyroLocomotion: 1.63 },
  },
  tremorWindow: { intercept: -6.582, weights: { slotScoreMean: 7.676, slotsPositiveShare: 7.932 } },
  gaitWindow: { intercept: -7.47, weights: { slotScoreMean: 9.707, slotsPositiveShare: 5.719 } },
} as const;
