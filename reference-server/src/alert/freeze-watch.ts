import type { Alert, Frame, SlotScore } from '@gaitway/contract';
import type { ModelFile } from '../infer/model-file.ts';
import { freezeScores } from './freeze-scores.ts';
import { alertId } from './rule.ts';

const NAME = 'freezing';
/**
 * A freeze interrupts walking: a slot of walking begins so long before it at the most. A window looks 15 s back; of a
 * resting leg that trembles after a walk most comes in the third slot, and a cue is dearer than a count.
 */
export const WALKED_WITHIN_MS = 10_000;
/** So long after the last slot of an episode another one is the next: trembling comes and goes within one. */
export const EPISODE_GAP_MS = 10_000;
/** What a slot is judged by: what was said of the leg in so long a time before it. */
const CONTEXT_MS = Math.max(WALKED_WITHIN_MS, EPISODE_GAP_MS);
/** Of a leg that was not heard of at the beginning of that time, or shortly before, the context is not known. */
const HEARD_WITHIN_MS = 2 * CONTEXT_MS;
/** After so long without a reading, by when they were received, the next one begins anew. Progress of the partition waits as long. */
const PATIENCE_MS = 60_000;

/** Who keeps progress of the partition before an entry, as long as somebody has to see it again. */
export interface EntryHolds {
  hold(entry: number): void;
  release(entry: number): void;
}

/** One reading at a leg: what was said of it, and the entry of the partition that brought it. */
export interface LegSlot {
  patient: string;
  ward: string;
  frame: Frame;
  scores: Pick<SlotScore, 'gait' | 'freezing'>;
  model: ModelFile;
  entry: number;
  receivedAtMs: number;
}

interface Leg {
  walkedAtMs: number;
  frozeAtMs: number;
  untilMs: number;
  /** Slots that later ones are judged by, in the order of their start. */
  slots: { startMs: number; entry: number }[];
}

/**
 * Freezing of gait as it is seen, slot by slot: pure state, no I/O and no clock. Bächlin's system (IEEE TITB 14:436, 2010)
 * cued on detection, since a cue after the window is over is of no use. One alert for an episode: the first slot
 * whose score passes {@link freezeScores}, with a slot of walking right before it and no such slot in the 10 s before.
 *
 * What is said of a slot follows from those of the 20 s before it, in the order of the log, and these hold the partition's
 * progress. Whoever takes over says the same: of slots that come, because it reads again what they are judged by; of
 * those that it reads again nothing else, because it judges none before it has read on for 10 s. So nobody is
 * called in the first 10 s of a device, nor by slots of more than 10 s. A slot older than the newest one of its leg
 * says nothing.
 */
export class FreezeWatch {
  private readonly legs = new Map<string, Leg>();
  private readonly entries: EntryHolds;
  /** Before this event time no leg is let go of: they are looked through now and then only. */
  private nextExpiryMs = Number.POSITIVE_INFINITY;

  constructor(entries: EntryHolds) {
    this.entries = entries;
  }

  /** Takes a reading into account; the alert that it raises, if any. */
  note(slot: LegSlot): Alert[] {
    const { patient, frame, scores, model, entry, receivedAtMs } = slot;
    const { gait, freezing } = scores;
    if (freezing === null) return [];
    const { startMs } = frame;
    const leg = this.legOf(patient, receivedAtMs);
    const { slots } = leg;
    if (slots.length > 0 && startMs <= slots.at(-1)!.startMs) return [];
    while (slots.length > 0 && slots[0]!.startMs < startMs - HEARD_WITHIN_MS)
      this.entries.release(slots.shift()!.entry);
    const heard = slots.length > 0 && slots[0]!.startMs <= startMs - CONTEXT_MS;
    slots.push({ startMs, entry });
    this.entries.hold(entry);
    leg.untilMs = Math.max(startMs + frame.slotMs, receivedAtMs) + PATIENCE_MS;
    this.nextExpiryMs = Math.min(this.nextExpiryMs, leg.untilMs);
    const freezes = freezing >= freezeScores(model)[frame.placement]!;
    const walks = !freezes && gait !== null && gait >= model.windowHeads.gait.threshold;
    const walked = startMs - leg.walkedAtMs <= WALKED_WITHIN_MS;
    const begins = heard && freezes && walked && startMs - leg.frozeAtMs > EPISODE_GAP_MS;
    if (walks) leg.walkedAtMs = startMs;
    if (freezes) leg.frozeAtMs = startMs;
    return begins ? [alertOf(slot, freezing)] : [];
  }

  /** Lets go of those of whom nothing came for long. */
  expire(eventTimeMs: number): void {
    if (eventTimeMs < this.nextExpiryMs) return;
    this.nextExpiryMs = Number.POSITIVE_INFINITY;
    for (const [patient, leg] of this.legs) {
      if (leg.untilMs <= eventTimeMs) this.forget(patient, leg);
      else this.nextExpiryMs = Math.min(this.nextExpiryMs, leg.untilMs);
    }
  }

  /** The server was told to close what is open: nothing that was before counts any more. */
  clear(): void {
    for (const [patient, leg] of this.legs) this.forget(patient, leg);
  }

  private legOf(patient: string, receivedAtMs: number): Leg {
    const known = this.legs.get(patient);
    // By the log alone: whoever reads it again later, and faster, forgets at the same reading.
    if (known && receivedAtMs < known.untilMs) return known;
    if (known) this.forget(patient, known);
    const never = Number.NEGATIVE_INFINITY;
    const leg: Leg = { walkedAtMs: never, frozeAtMs: never, untilMs: never, slots: [] };
    this.legs.set(patient, leg);
    return leg;
  }

  private forget(patient: string, leg: Leg): void {
    for (const { entry } of leg.slots) this.entries.release(entry);
    this.legs.delete(patient);
  }
}

/** Whether a window with these slots, in the order of time, holds a freeze that calls: for a model that is compared and raises nothing itself. */
export function freezesIn(slots: readonly SlotScore[], model: ModelFile): boolean {
  const least = Math.min(...freezeScores(model));
  let walkedAtMs = Number.NEGATIVE_INFINITY;
  for (const { startMs, gait, freezing } of slots) {
    if (freezing !== null && freezing >= least) {
      if (startMs - walkedAtMs <= WALKED_WITHIN_MS) return true;
    } else if (gait !== null && gait >= model.windowHeads.gait.threshold) walkedAtMs = startMs;
  }
  return false;
}

function alertOf({ patient, ward, frame }: LegSlot, freezing: number): Alert {
  return {
    id: alertId(patient, NAME, frame.startMs),
    patient,
    ward,
    rule: NAME,
    severity: 'notice',
    state: 'raised',
    atMs: frame.startMs,
    says: `freezing of gait, as a leg shows it right after walking (probability ${freezing / 1000})`,
  };
}
