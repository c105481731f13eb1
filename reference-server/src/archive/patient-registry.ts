import type { Clock, PatientProfile } from '@gaitway/contract';
import type { Archive } from './archive.ts';

const SAVE_AFTER_MS = 100;
const RETRY_AFTER_MS = 1000;
const BULK_MAX = 500;
/** More than an instance has connections by default, so that a fleet that comes again is known. About 100 bytes each. */
const KNOWN_MAX = 250_000;

/**
 * Makes patients known to the archive when their devices connect: many at a time, and each again only when
 * something about them has changed (the ward, the device). Nothing waits for it; a save that fails is tried again.
 * Of the last `knownMax` patients it remembers what it saved; one that was forgotten is saved once more. What
 * another instance saved it does not know: a patient who moves there and back keeps the ward of there until the next change.
 */
export class PatientRegistry {
  private readonly archive: Pick<Archive, 'savePatients'>;
  private readonly clock: Clock;
  private readonly knownMax: number;
  private readonly known = new Map<string, PatientProfile>();
  private waiting = new Map<string, PatientProfile>();
  /** A save is to come, or under way: one at a time, so that what is older never comes after what is newer. */
  private scheduled = false;

  constructor(archive: Pick<Archive, 'savePatients'>, clock: Clock, knownMax = KNOWN_MAX) {
    this.archive = archive;
    this.clock = clock;
    this.knownMax = knownMax;
  }

  register(profile: PatientProfile): void {
    const { patient } = profile;
    const known = this.known.get(patient);
    // Deleted first, so that whoever came last is forgotten last.
    this.known.delete(patient);
    this.known.set(patient, profile);
    if (this.known.size > this.knownMax) this.known.delete(this.known.keys().next().value!);
    if (known && isSame(known, profile)) return;
    this.waiting.set(patient, profile);
    this.schedule(SAVE_AFTER_MS);
  }

  private schedule(delayMs: number): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.clock.setTimer(delayMs, () => void this.save());
  }

  private async save(): Promise<void> {
    const profiles = [...this.waiting.values()].slice(0, BULK_MAX);
    for (const { patient } of profiles) this.waiting.delete(patient);
    try {
      await this.archive.savePatients(profiles);
    } catch {
      for (const profile of profiles) {
        if (!this.waiting.has(profile.patient)) this.waiting.set(profile.patient, profile);
      }
      this.scheduled = false;
      return this.schedule(RETRY_AFTER_MS);
    }
    this.scheduled = false;
    if (this.waiting.size > 0) this.schedule(0);
  }
}

function isSame(one: PatientProfile, other: PatientProfile): boolean {
  return one.ward === other.ward && one.device === other.device && one.displayName === other.displayName;
}
