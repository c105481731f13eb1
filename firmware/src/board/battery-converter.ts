/** Full scale of the converter, before the divider of two equal resistors: twice the supply of 3.3 V. */
const FULL_SCALE_MV = 6600;
export const CONVERTER_STEPS = 1024;

/** What the converter gives for a battery of so many mV: 0 to 1023. */
export function converterSteps(batteryMv: number): number {
  return Math.min(
    CONVERTER_STEPS - 1,
    Math.max(0, Math.floor((batteryMv * CONVERTER_STEPS) / FULL_SCALE_MV)),
  );
}

/** The mV that the chip tells for a battery of so many: one step of the converter is 6.4 mV. */
export function reportedBatteryMv(batteryMv: number): number {
  return (converterSteps(batteryMv) * FULL_SCALE_MV) >> 10;
}
