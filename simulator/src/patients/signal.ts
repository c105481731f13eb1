import { hash32, uniform } from '@gaitway/contract';
import { ARCHETYPES, motionOf, TAKES_PER_BODY, takeSeed } from './archetypes.ts';
import { addDailyActivity } from './components/daily-activity.ts';
import { measure, type SensorRanges } from './components/inertial-sensor.ts';
import { addLivingHand } from './components/living-hand.ts';
import { MotionBuffer } from './components/motion-buffer.ts';
import { addOscillation } from './components/oscillation.ts';
import { addWalk } from './components/walk.ts';
import { PATIENT_STREAM } from './traits.ts';

/** From the wrist's axis of tremor to the watch, m (research note, 2.2). */
const TREMOR_LEVER_METRES = 0.07;
/** Brushing turns the whole forearm. */
const BRUSHING_LEVER_METRES = 0.2;
const BRUSHING_DEG = 2.2;

/**
 * The samples of one take: 6 raw axes at 50 Hz, as a device with these ranges on a wrist gives them. A pure
 * function of its arguments, so the samples behind any reading can be made again.
 */
export function synthesise(
  seed: number,
  archetypeAt: number,
  variant: number,
  samples: number,
  ranges: SensorRanges,
): Int16Array {
  const { state, grade } = ARCHETYPES[archetypeAt]!;
  const motion = motionOf(seed, archetypeAt, variant);
  const take = takeSeed(seed, archetypeAt, variant);
  const buffer = new MotionBuffer(samples);
  addLivingHand(buffer, take, state === 'rest' ? 0.3 + 1.4 * uniform(take, PATIENT_STREAM.hand) : 2);
  if (state === 'walking') addWalk(buffer, take, motion.cadence, motion.swingDegPerSecond, grade);
  if (state === 'daily') addDailyActivity(buffer, take, motion.liveliness);
  if (motion.tremorAmplitudeDeg > 0) {
    const { tremorAmplitudeDeg: amplitudeDeg, tremorHz: hz } = motion;
    addOscillation(buffer, take, { amplitudeDeg, hz, hzDrift: 0.25, leverMetres: TREMOR_LEVER_METRES });
  }
  if (motion.brushingHz > 0) {
    const amplitudeDeg = BRUSHING_DEG * motion.liveliness;
    addOscillation(buffer, take, {
      amplitudeDeg,
      hz: motion.brushingHz,
      hzDrift: 0.4,
      leverMetres: BRUSHING_LEVER_METRES,
    });
  }
  const raw = new Int16Array(samples * 6);
  const body = Math.floor(variant / TAKES_PER_BODY);
  measure(buffer, take, hash32(seed, PATIENT_STREAM.sensor, body), ranges, raw);
  return raw;
}
