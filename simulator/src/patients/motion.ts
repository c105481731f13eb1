import { hash32, normal, Placement, uniform } from '@gaitway/contract';
import { ARCHETYPES, DYSKINESIA_RATINGS, TAKES_PER_BODY, TREMOR_RATINGS } from './archetypes.ts';
import { bell, COHORT_DEFAULT, type Cohort, evenly } from './cohort.ts';
import { FALL_AT } from './components/fall.ts';
import { PATIENT_STREAM } from './traits.ts';

/** The numbers from which one take's signal is made. */
export interface Motion {
  /** Rating of the tremor as in MDS-UPDRS 3.17; `null`: no tremor. */
  tremorRating: number | null;
  /** Of a tremor; 0: none. */
  tremorAmplitudeDeg: number;
  tremorHz: number;
  /** Steps per minute; 0: not walking. */
  cadence: number;
  /** Arm swing in deg/s. */
  swingDegPerSecond: number;
  /** Strength of strides against the usual. */
  gaitStrength: number;
  /** Daily activity: strength of movements against the usual. */
  liveliness: number;
  /** Brushing: frequency and strength; 0: none. */
  brushingHz: number;
  /** Rating of dyskinesia as AIMS has it, 0 to 4. */
  dyskinesia: number;
  /** Centre of the trembling of a freeze. */
  freezeHz: number;
  /** When a fall's impact comes, as a share of the slot; 0: no fall. */
  impactAt: number;
}

/** Hand lever of the wrist in cm: how far the hand's tip lies from the axis of the tremor. */
const HAND_LEVER_CM = 20;

/** No daily activity is livelier than that, in standard deviations: what hits nothing does not come near the 3 g of a fall. */
const LIVELIEST = 2;

/** The seed of one take: everything random in its signal follows from it. */
export function takeSeed(seed: number, archetype: number, variant: number, placement: Placement): number {
  return hash32(seed, PATIENT_STREAM.variant ^ placement, archetype, variant);
}

/** The seed of a body, of which everything follows that its takes share. */
export function bodySeed(seed: number, variant: number, placement: Placement): number {
  return hash32(seed, PATIENT_STREAM.body, Math.floor(variant / TAKES_PER_BODY), placement);
}

/** Angle of the wrist in degrees, half of peak to peak: TRS = 1.5 + 2 log10(peak-to-peak cm) (slope: Elble 2006; research note, 1.1). */
export function tremorAmplitudeOf(rating: number): number {
  const peakToPeakCm = 10 ** ((rating - 1.5) / 2);
  return ((peakToPeakCm / 2 / HAND_LEVER_CM) * 180) / Math.PI;
}

/**
 * Ranges and laws: research note on inference, section 2.2. A body's frequency, cadence and strength are its own, so
 * they come from its number and vary little from take to take.
 */
export function motionOf(
  seed: number,
  archetypeAt: number,
  variant: number,
  placement: Placement = Placement.wrist,
  cohort: Cohort = COHORT_DEFAULT,
): Motion {
  const { state, grade, confounder, tremor, dyskinesia } = ARCHETYPES[archetypeAt]!;
  const { ranges } = cohort;
  const body = bodySeed(seed, variant, placement);
  const take = takeSeed(seed, archetypeAt, variant, placement);
  const own = (sub: number): number => normal(body, PATIENT_STREAM.body, sub);
  const vary = (sub: number): number => normal(take, PATIENT_STREAM.variant, sub);
  const share = (sub: number): number => uniform(take, PATIENT_STREAM.variant, sub);
  const motion: Motion = {
    tremorRating: null,
    tremorAmplitudeDeg: 0,
    tremorHz: 0,
    cadence: 0,
    swingDegPerSecond: 0,
    gaitStrength: 0,
    liveliness: 0,
    brushingHz: 0,
    dyskinesia: 0,
    freezeHz: 0,
    impactAt: 0,
  };
  if (tremor > 0) {
    motion.tremorRating = evenly(TREMOR_RATINGS[tremor - 1]!, share(1));
    motion.tremorAmplitudeDeg = tremorAmplitudeOf(motion.tremorRating);
    const [least, most] = ranges.tremorHz;
    const ownHz = bell(ranges.tremorHz, own(2)) + 0.1 * vary(3);
    // A tremor of posture is a little faster than one at rest (research note, 2.2).
    motion.tremorHz = Math.min(most, Math.max(least, ownHz)) + (state === 'posture' ? 0.4 : 0);
  }
  if (dyskinesia > 0) motion.dyskinesia = evenly(DYSKINESIA_RATINGS[dyskinesia - 1]!, share(9));
  if (state === 'walking' || state === 'freezing' || state === 'falling' || confounder === 'voluntary-stop') {
    const slowness = state === 'falling' ? 1 : grade;
    motion.cadence = Math.min(
      ranges.cadence[1],
      Math.max(ranges.cadence[0], bell(ranges.cadence, own(4)) - 4 * slowness + 3 * vary(5)),
    );
    // Research note, 2.2: the swing loses 55 % with all of bradykinesia.
    const swing = bell(ranges.armSwingDegPerSecond, own(6)) * Math.exp(0.3 * vary(6));
    motion.swingDegPerSecond = swing * (1 - 0.18 * slowness);
    motion.gaitStrength =
      bell(ranges.gaitStrength, own(10)) * Math.exp(0.25 * vary(10)) * (1 - 0.12 * slowness);
    motion.freezeHz = bell(ranges.freezeHz, own(11)) + 0.3 * vary(11);
  }
  if (state === 'daily') {
    const slowed = confounder === null ? 1 - 0.2 * grade : 1;
    // Brushing is done as it is done; other movements differ more.
    const spread = confounder === 'tooth-brushing' ? 0.2 : 0.6;
    const ofTake = Math.min(LIVELIEST, vary(7));
    motion.liveliness = bell(ranges.liveliness, own(7)) * slowed * Math.exp(spread * ofTake);
    if (confounder === 'tooth-brushing') motion.brushingHz = 3 + 2.9 * share(8);
  }
  if (state === 'falling') motion.impactAt = evenly(FALL_AT, share(12));
  return motion;
}
