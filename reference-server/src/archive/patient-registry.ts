import type { Clock, PatientProfile } from '@gaitway/contract';
import type { Archive } from './archive.ts';

const SAVE_AFTER_MS = 100;
const RETRY_AFTER_MS = 1000;
const BULK_MAX = 500;

/**
 * Makes patients known to the archive when their devices connect: many at a time, each once per instance.
 * Nothing waits for it; a save that fails is tried again.
 */
export class PatientRegistry {
  private readonly archive: Pick<Archive, 'savePatients'>;
  private readonly clock: Clock;
  private readonly known = new Set<string>();
  private waiting = new Map<string, PatientProfile>();
  private scheduled = false;

  constructor(archive: Pick<Archive, 'savePatients'>, clock: Clock) {
    this.archive = archive;
    this.clock = clock;
  }

  register(profile: PatientProfile): void {
    if (this.known.has(profile.patient)) return;
    this.known.add(profile.patient);
    this.waiting.set(profile.patient, profile);
    this.schedule(SAVE_AFTER_MS);
  }

  private schedule(delayMs: number): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.clock.setTimer(delayMs, () => {
      this.scheduled = false;
      void this.save();
    });
  }

  private async save(): Promise<void> {
    const profiles = [...this.waiting.values()].slice(0, BULK_MAX);
    for (const { patient } of profiles) this.waiting.delete(patient);
    try {
      await this.archive.savePatients(profiles);
    } catch {
      for (const profile of profiles) this.waiting.set(profile.patient, profile);
      this.schedule(RETRY_AFTER_MS);
      return;
    }
    if (this.waiting.size > 0) this.schedule(0);
  }
}
