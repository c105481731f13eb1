/** What a window's slots say of one condition, whatever their order: sums of integers. */
export interface WindowFeatures {
  /** Mean of the slots' probabilities. */
  slotScoreMean: number;
  /** Share of the slots that are positive. */
  slotsPositiveShare: number;
  /** 1 where at least one slot is positive: what is rare and short is one slot of a window. */
  somePositive: number;
}
export type WindowFeature = keyof WindowFeatures;
export const WINDOW_FEATURES: readonly WindowFeature[] = [
  'slotScoreMean',
  'slotsPositiveShare',
  'somePositive',
];
