import { normal, Placement, uniform } from '@gaitway/contract';
import { ARCHETYPES, type Archetype } from './archetypes.ts';
import { COHORT_DEFAULT, type Cohort } from './cohort.ts';
import { type Attitude, upOf } from './components/attitude.ts';
import { addDailyActivity } from './components/daily-activity.ts';
import { addDyskinesia } from './components/dyskinesia.ts';
import { besides, between, type Envelope } from './components/envelope.ts';
import { addFall, addRestlessness, fallGeometry, movementAfterFall } from './components/fall.ts';
import { addTrembling } from './components/freeze.ts';
import { addClapping, addKnock, IMPACT_AT } from './components/impact.ts';
import { measure, type SensorRanges } from './components/inertial-sensor.ts';
import { addLivingLimb } from './components/living-limb.ts';
import { MotionBuffer } from './components/motion-buffer.ts';
import type { Direction } from './components/noise.ts';
import { addOscillation, type Oscillation } from './components/oscillation.ts';
import { addChairDrop, addLyingDown, addTurningOver } from './components/transition.ts';
import { addWalk } from './components/walk.ts';
import { bodySeed, type Motion, motionOf, takeSeed } from './motion.ts';
import { PATIENT_STREAM } from './traits.ts';
import { SLOT_SECONDS } from './truth/dwell.ts';

/** From the wrist's axis of tremor to the watch, m (research note, 2.2). */
const TREMOR_LEVER_METRES = 0.07;
/** Brushing turns the whole forearm. */
const BRUSHING_LEVER_METRES = 0.12;
const BRUSHING_DEG = 1.9;
const BRUSHING_DEG_MOST = 3;
/** What a shank feels of what the arms do, and of a tremor that the hand has. */
const ARMS_AT_SHANK = 0.06;
const TREMOR_AT_SHANK = 0.3;
/** Of takes of somebody who sits or stands, how many fidget; at the shank, how many bounce a leg. */
const FIDGET_SHARE = 0.4;
const LEG_BOUNCE_SHARE = 0.08;

/** What the parts of a signal are made from. */
interface Take {
  archetype: Archetype;
  motion: Motion;
  placement: Placement;
  isShank: boolean;
  seed: number;
  /** Seed of the body. */
  body: number;
  into: MotionBuffer;
  /** Where up is when the take begins. */
  up: Direction;
}

function attitudeOf({ state, confounder }: Archetype): Attitude {
  if (confounder === 'voluntary-stop') return 'upright';
  if (confounder === 'chair-drop' || confounder === 'lying-down-fast') return 'upright';
  if (confounder === 'clapping') return 'clapping';
  switch (state) {
    case 'sleep':
      return 'in-bed';
    case 'rest':
      return 'seated';
    case 'posture':
      return 'raised';
    case 'daily':
      return 'working';
    default:
      return 'upright';
  }
}

/** Slow movement against that of a hand on a lap; no two minutes of a sitting person are alike. */
function stirringOf({ archetype: { state }, seed }: Take): number {
  const usual = state === 'sleep' ? 0.15 : state === 'rest' ? 1.2 : state === 'lying' ? 0.8 : 2.5;
  return usual * Math.exp(0.8 * normal(seed, PATIENT_STREAM.hand, 50));
}

function addFidgeting(take: Take): void {
  const { archetype, into, seed, isShank } = take;
  const draw = uniform(seed, PATIENT_STREAM.hand, 51);
  const { state, akinetic } = archetype;
  if ((state !== 'rest' && state !== 'posture') || akinetic) return;
  if (draw < FIDGET_SHARE) {
    addDailyActivity(
      into,
      seed ^ 2,
      (isShank ? 0.15 : 0.3) * Math.exp(0.6 * normal(seed, PATIENT_STREAM.hand, 52)),
    );
  }
  if (isShank && draw > 1 - LEG_BOUNCE_SHARE) {
    const hz = 3 + 3 * uniform(seed, PATIENT_STREAM.hand, 53);
    const amplitudeDeg = 0.8 + 1.5 * uniform(seed, PATIENT_STREAM.hand, 54);
    const bounce = { amplitudeDeg, hz, hzDrift: 0.3, strengthDrift: 0.3, irregular: 0.3, leverMetres: 0.3 };
    take.up = addOscillation(into, seed ^ 1, bounce, take.up);
  }
}

/** Of the slot, what is not walked: frozen, stopped, or after a fall began. */
function stoppedBy({ archetype, into, seed }: Take): Envelope | undefined {
  const { frozenFrom, frozenTo, confounder, grade } = archetype;
  const { samples } = into;
  if (frozenTo > frozenFrom) return between(samples, frozenFrom / SLOT_SECONDS, frozenTo / SLOT_SECONDS);
  if (confounder !== 'voluntary-stop') return undefined;
  const cut = 0.2 + 0.6 * uniform(seed, PATIENT_STREAM.walk, 60);
  if (grade === 0) return between(samples, cut, 1);
  return grade === 1 ? between(samples, 0, 1) : between(samples, 0, cut);
}

function addGait(take: Take): void {
  const { archetype, motion, placement, into, seed, isShank } = take;
  if (motion.cadence === 0) return;
  const stopped = stoppedBy(take);
  const walk = {
    placement,
    cadence: motion.cadence,
    swingDegPerSecond: motion.swingDegPerSecond,
    strength: motion.gaitStrength,
    slowness: archetype.grade,
  };
  if (stopped === undefined) {
    take.up = addWalk(into, seed, walk, take.up);
    return;
  }
  const isTrembling = archetype.confounder === null && !archetype.akinetic;
  // Feet that stick still try to step (research note, 2.2: residual stepping 0.2-0.7).
  const residual = isTrembling ? 0.2 + 0.45 * uniform(seed, PATIENT_STREAM.freeze, 50) : 0;
  take.up = addWalk(into, seed, { ...walk, envelope: besides(stopped, residual) }, take.up);
  if (isTrembling) addTrembling(into, seed, placement, motion.freezeHz, stopped);
  else if (archetype.confounder !== null && uniform(seed, PATIENT_STREAM.freeze, 51) < 0.4) {
    // Who waits shifts weight from foot to foot.
    addDailyActivity(into, seed ^ 3, isShank ? 0.5 : 0.3);
  }
}

function brushingOf({ archetype: { grade }, motion, isShank }: Take): Oscillation {
  const usual = BRUSHING_DEG * motion.liveliness * (0.7 + 0.2 * grade);
  return {
    amplitudeDeg: (isShank ? ARMS_AT_SHANK : 1) * Math.min(BRUSHING_DEG_MOST, usual),
    ...{ hz: motion.brushingHz, hzDrift: 0.4, strengthDrift: 0.4, irregular: 0.4 },
    leverMetres: BRUSHING_LEVER_METRES,
  };
}

function addConfounder(take: Take): void {
  const { archetype, motion, placement, isShank, seed, body, into, up } = take;
  const { confounder, grade } = archetype;
  const arms = isShank ? ARMS_AT_SHANK : 1;
  switch (confounder) {
    case 'tooth-brushing':
      take.up = addOscillation(into, seed, brushingOf(take), up);
      addDailyActivity(into, seed, 0.3 * motion.liveliness * arms);
      break;
    case 'table-knock':
      addKnock(into, seed, 1 + grade, arms);
      addDailyActivity(into, seed, 0.15 * arms);
      break;
    case 'clapping':
      // Before the first clap and behind the last one the arms are where they clap.
      addClapping(into, seed, body, arms * (uniform(seed, PATIENT_STREAM.impact, 11) < 0.5 ? 0.8 : 1.2), [
        grade & 1 ? IMPACT_AT[0] : 0,
        grade & 2 ? IMPACT_AT[1] : 1,
      ]);
      addDailyActivity(into, seed, 0.15 * arms);
      break;
    case 'chair-drop':
      addChairDrop(into, seed, placement, up);
      addDailyActivity(into, seed, 0.4 * (isShank ? 0.5 : 1));
      break;
    case 'lying-down-fast':
      addLyingDown(into, seed, up);
      addDailyActivity(into, seed, 0.4 * (isShank ? 0.5 : 1));
      break;
    default:
      break;
  }
}

function addTremor(take: Take): void {
  const { motion, isShank, seed, into } = take;
  if (motion.tremorAmplitudeDeg === 0) return;
  const tremor = {
    amplitudeDeg: motion.tremorAmplitudeDeg * (isShank ? TREMOR_AT_SHANK : 1),
    ...{ hz: motion.tremorHz, hzDrift: 0.45, strengthDrift: 0.5, irregular: 0.85 },
    leverMetres: TREMOR_LEVER_METRES,
  };
  take.up = addOscillation(into, seed, tremor, take.up);
}

/** Kept from take to take: 12 kB that are made anew each time cost more than most of what is written into them. */
let spareMotion = new MotionBuffer(0);

function emptyMotion(samples: number): MotionBuffer {
  if (spareMotion.samples === samples) spareMotion.values.fill(0);
  else spareMotion = new MotionBuffer(samples);
  return spareMotion;
}

/**
 * The samples of one take: 6 raw axes at 50 Hz, as a device with these ranges gives them. A pure function of its
 * arguments, so the samples behind any reading can be made again.
 */
export function synthesise(
  seed: number,
  archetypeAt: number,
  variant: number,
  samples: number,
  ranges: SensorRanges,
  placement: Placement = Placement.wrist,
  cohort: Cohort = COHORT_DEFAULT,
): Int16Array {
  const archetype = ARCHETYPES[archetypeAt]!;
  const body = bodySeed(seed, variant, placement);
  const isShank = placement === Placement.shank;
  const own = takeSeed(seed, archetypeAt, variant, placement);
  const into = emptyMotion(samples);
  const motion = motionOf(seed, archetypeAt, variant, placement, cohort);
  const take: Take = {
    ...{ archetype, motion, placement, isShank, seed: own, body, into },
    up: upOf(attitudeOf(archetype), placement, body, own),
  };
  addLivingLimb(into, own, stirringOf(take));
  addFidgeting(take);
  if (archetype.state === 'falling' || archetype.state === 'lying') addFallen(take, seed, variant, body);
  else addGait(take);
  if (archetype.state === 'sleep' && archetype.grade === 1) addTurningOver(into, own, take.up);
  if (archetype.state === 'daily' && archetype.confounder === null) {
    addDailyActivity(into, own, motion.liveliness * (isShank ? 0.5 : 1));
  }
  addConfounder(take);
  addTremor(take);
  if (motion.dyskinesia > 0) addDyskinesia(into, own, motion.dyskinesia, isShank ? 0.7 : 1);
  into.addGravity(take.up);
  const raw = new Int16Array(samples * 6);
  measure(into, own, body, ranges, raw);
  return raw;
}

/** A fall out of walking, or lying as the fall of the same number left somebody. */
function addFallen(take: Take, seed: number, variant: number, body: number): void {
  const { archetype, motion, placement, into } = take;
  const geometry = fallGeometry(seed, variant, placement, body);
  if (archetype.state === 'lying') {
    take.up = geometry.upLying;
    addRestlessness(into, take.seed, 0.4 * movementAfterFall(take.seed), 0);
    return;
  }
  take.up = geometry.up;
  const from = addFall(into, take.seed, geometry, Math.round(motion.impactAt * into.samples));
  // Half of the falls come out of walking, the others out of standing.
  if (archetype.grade === 0) return;
  const walk = {
    placement,
    cadence: motion.cadence,
    swingDegPerSecond: motion.swingDegPerSecond,
    strength: motion.gaitStrength,
    slowness: 1,
    envelope: besides(between(into.samples, from / into.samples, 1), 0),
  };
  take.up = addWalk(into, take.seed, walk, take.up);
}
