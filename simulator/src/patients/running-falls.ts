import type { EventPayload } from '@gaitway/contract';
import {
  FALL_DECISION_TICKS,
  FALL_MEMORY_TICKS,
  FallDetector,
  fallImpactSquare,
  TICK_MS,
} from '@gaitway/firmware';

/** What a device tells within a slot, as its detector has it. Times in ms since the slot's start; an impact may lie before it. */
export interface SlotEvent {
  event: EventPayload;
  /** From which `event.offsetMs` counts. */
  startMs: number;
  /** When the device knows it, and tells; at most the slot's length. */
  decidedMs: number;
}

/** A slot's samples, as the detector wants them. */
export interface FallSamples {
  /** 6 axes, one sample after the other. The slot's ticks beyond them repeat the last one. */
  samples: Int16Array;
  /** One of them is longer than an impact must be. */
  hasImpact: boolean;
}

const AXES = 6;
const BLOCK_TICKS = FALL_MEMORY_TICKS / 3;

/**
 * How a detector stands at the start of a slot, as one number; its means follow from the samples before. While no impact is looked
 * at: the ticks of the half second that runs, and the rest behind a fall. Otherwise how long the impact is ago, and
 * how many ticks of a half second ran when it came.
 */
const FRESH = 0;
const LOOKING = 1 << 20;

const quiet = (blockTicks: number, restTicks: number): number => restTicks * BLOCK_TICKS + blockTicks;
const looking = (impactTicks: number, blockTicks: number): number =>
  LOOKING + impactTicks * BLOCK_TICKS + blockTicks;

export function holdsImpact(samples: Int16Array, accelRange: number): boolean {
  const impactSquare = fallImpactSquare(accelRange);
  for (let at = 0; at < samples.length; at += AXES) {
    const x = samples[at]!;
    const y = samples[at + 1]!;
    const z = samples[at + 2]!;
    if (x * x + y * y + z * z > impactSquare) return true;
  }
  return false;
}

/**
 * What the fall detector of each device tells, slot by slot, as it runs on from the device's start: exactly what one gives
 * that is fed every sample since then. It costs next to nothing, since only an impact can set it going: of a slot without
 * one, while none is looked at, nothing is told, and how the detector stands behind it is arithmetic. Elsewhere the
 * detector itself is set up from the samples before the slot, which is all that it remembers, and fed the slot.
 *
 * Slots of a patient are best asked for in order, or twice; who goes back pays for the way from the start again. 16 bytes
 * for each patient.
 */
export class RunningFalls {
  private readonly detector: FallDetector;
  private readonly slotTicks: number;
  private readonly samplesOf: (patientIndex: number, slotIndex: number) => FallSamples;
  /** Per patient: the device's first slot, the slot that was last looked at, and how the detector stands before it and behind it. */
  private first = new Int32Array(0);
  private slot = new Int32Array(0);
  private before = new Int32Array(0);
  private behind = new Int32Array(0);

  /** Slots of `slotTicks` ticks of 20 ms. */
  constructor(
    accelRange: number,
    slotTicks: number,
    samplesOf: (patientIndex: number, slotIndex: number) => FallSamples,
  ) {
    this.detector = new FallDetector(accelRange);
    this.slotTicks = slotTicks;
    this.samplesOf = samplesOf;
  }

  /** The event that is decided in a slot of a device that started at the beginning of `firstSlot`; `null`: there is none. */
  eventOf(patientIndex: number, slotIndex: number, firstSlot: number): SlotEvent | null {
    if (slotIndex < firstSlot) return null;
    if (patientIndex >= this.slot.length) this.makeRoom(patientIndex);
    let at = this.slot[patientIndex]!;
    if (at > slotIndex || at < firstSlot || this.first[patientIndex] !== firstSlot) {
      this.first[patientIndex] = firstSlot;
      at = firstSlot - 1;
      this.behind[patientIndex] = FRESH;
    } else if (at === slotIndex) {
      // Asked for again.
      this.behind[patientIndex] = this.before[patientIndex]!;
      at -= 1;
    }
    let event: SlotEvent | null = null;
    while (at < slotIndex) event = this.step(patientIndex, ++at, firstSlot);
    return event;
  }

  private step(patientIndex: number, slotIndex: number, firstSlot: number): SlotEvent | null {
    const state = this.behind[patientIndex]!;
    this.slot[patientIndex] = slotIndex;
    this.before[patientIndex] = state;
    const found = this.samplesOf(patientIndex, slotIndex);
    if (found.hasImpact || state >= LOOKING) {
      this.setUp(patientIndex, slotIndex, state, firstSlot);
      return this.feedSlot(patientIndex, found, state);
    }
    if (state !== FRESH || this.slotTicks % BLOCK_TICKS !== 0) {
      const restTicks = Math.max(0, Math.floor(state / BLOCK_TICKS) - this.slotTicks);
      this.behind[patientIndex] = quiet(((state % BLOCK_TICKS) + this.slotTicks) % BLOCK_TICKS, restTicks);
    }
    return null;
  }

  /** The detector as it stands at the start of the slot: fed what it remembers, in a rest that ends when it counts impacts again. */
  private setUp(patientIndex: number, slotIndex: number, state: number, firstSlot: number): void {
    const isLooking = state >= LOOKING;
    const rest = isLooking ? state - LOOKING : state;
    const blockTicks = rest % BLOCK_TICKS;
    const impactTicks = isLooking ? Math.floor(rest / BLOCK_TICKS) : 0;
    const known = (slotIndex - firstSlot) * this.slotTicks;
    const ticks = Math.min(known, FALL_MEMORY_TICKS + blockTicks + impactTicks);
    this.detector.reset(isLooking ? ticks - impactTicks : ticks + Math.floor(rest / BLOCK_TICKS));
    for (let ago = ticks; ago > 0; ) {
      const slotsAgo = Math.ceil(ago / this.slotTicks);
      const found = this.samplesOf(patientIndex, slotIndex - slotsAgo);
      for (let tick = slotsAgo * this.slotTicks - ago; tick < this.slotTicks; tick++, ago--) {
        this.feed(found, tick);
      }
    }
  }

  private feedSlot(patientIndex: number, found: FallSamples, state: number): SlotEvent | null {
    const { detector, slotTicks } = this;
    let blockTicks = state % BLOCK_TICKS;
    if (state >= LOOKING) blockTicks = (state - LOOKING) % BLOCK_TICKS;
    let told: SlotEvent | null = null;
    for (let tick = 0; tick < slotTicks; tick++) {
      const ranTicks = detector.blockTicks;
      const event = this.feed(found, tick);
      if (detector.impactTicks === 1) blockTicks = ranTicks;
      if (event === null) continue;
      const decidedMs = (tick + 1) * TICK_MS;
      told = { event, startMs: decidedMs - FALL_DECISION_TICKS * TICK_MS, decidedMs };
    }
    const { impactTicks } = detector;
    this.behind[patientIndex] =
      impactTicks > 0 ? looking(impactTicks, blockTicks) : quiet(detector.blockTicks, detector.ticksToRest);
    return told;
  }

  private feed({ samples }: FallSamples, tick: number): EventPayload | null {
    const at = Math.min(tick * AXES, samples.length - AXES);
    return this.detector.feed(
      samples[at]!,
      samples[at + 1]!,
      samples[at + 2]!,
      samples[at + 3]!,
      samples[at + 4]!,
      samples[at + 5]!,
    );
  }

  private makeRoom(patientIndex: number): void {
    const size = Math.max(64, 2 * this.slot.length, patientIndex + 1);
    const grown = (from: Int32Array, fill: number): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(size).fill(fill);
      to.set(from);
      return to;
    };
    this.first = grown(this.first, 0);
    this.slot = grown(this.slot, -1);
    this.before = grown(this.before, FRESH);
    this.behind = grown(this.behind, FRESH);
  }
}
