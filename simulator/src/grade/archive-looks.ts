import {
  type Clock,
  type WindowDocument,
  type WindowSettings,
  windowPhaseMs,
  windowStartMs,
} from '@gaitway/contract';
import { LATE_WINDOWS } from './answers-by-patient.ts';

/** What is asked of an archive while a run goes on. */
export interface LookedAt {
  windowsAt(keys: readonly { patient: string; startMs: number }[]): Promise<(WindowDocument | null)[]>;
}

/**
 * Looks into an archive while the run goes on, once a window for each patient: whether the newest document that must be
 * there by now is. So that when a document came is not the server's own word.
 */
export class ArchiveLooks {
  /** Documents that were looked for. */
  looked = 0;
  private readonly missed = new Set<string>();
  private readonly window: WindowSettings;

  constructor(window: WindowSettings) {
    this.window = window;
  }

  /** Looks once a window from `fromMs` until `untilMs` (ms since the epoch) for the documents of windows that begin from `fromMs` on. */
  start(clock: Clock, archive: LookedAt, patients: readonly string[], fromMs: number, untilMs: number): void {
    const { windowMs } = this.window;
    for (let atMs = fromMs + windowMs; atMs <= untilMs; atMs += windowMs) {
      clock.setTimer(clock.monotonicMs() + atMs - clock.epochMs(), () => {
        void this.look(archive, patients, fromMs, atMs);
      });
    }
  }

  /** Whether the document was looked for when more than two windows had passed since its end, and was not there. */
  missedIt(patient: string, startMs: number): boolean {
    return this.missed.has(keyOf(patient, startMs));
  }

  private async look(
    archive: LookedAt,
    patients: readonly string[],
    fromMs: number,
    atMs: number,
  ): Promise<void> {
    const { windowMs } = this.window;
    const keys = patients
      .map((patient) => {
        const phaseMs = windowPhaseMs(patient, this.window);
        return {
          patient,
          startMs: windowStartMs(atMs - (LATE_WINDOWS + 1) * windowMs, phaseMs, this.window),
        };
      })
      .filter(({ startMs }) => startMs >= fromMs);
    if (keys.length === 0) return;
    const found = await archive.windowsAt(keys);
    this.looked += keys.length;
    for (const [i, { patient, startMs }] of keys.entries()) {
      if (found[i] === null) this.missed.add(keyOf(patient, startMs));
    }
  }
}

const keyOf = (patient: string, startMs: number): string => `${patient} ${startMs}`;
