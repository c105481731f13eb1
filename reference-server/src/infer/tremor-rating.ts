/** Hand lever of a watch at the wrist, cm: how far the hand's tip lies from the axis of the tremor. */
const HAND_LEVER_CM = 20;
/** The middle of rest tremor's 4-6 Hz: the features name the band's power and not its peak. Off by at most 0.2 point. */
const TREMOR_HZ = 5;

/**
 * How strong a rest tremor at the wrist is, from 0 to 4: TRS = 1.5 + 2 log10(T), T the hand's peak-to-peak path in cm
 * (slope of the logarithm: Elble 2006, Brain 129:2660; the anchors of MDS-UPDRS item 3.17 lie half a decade apart as well).
 * T = 2 theta L with theta = sqrt(2 P) / (2 pi f), P the gyroscope's power in 3.5-7.5 Hz. Like a clinician's scale, not
 * calibrated against one. `gyroTremorLog2`: log2 of P in (deg/s)^2.
 */
export function tremorRating(gyroTremorLog2: number): number {
  const angleDegrees = Math.sqrt(2 * 2 ** gyroTremorLog2) / (2 * Math.PI * TREMOR_HZ);
  const pathCm = 2 * ((angleDegrees * Math.PI) / 180) * HAND_LEVER_CM;
  return Math.min(4, Math.max(0, 1.5 + 2 * Math.log10(pathCm)));
}
