import type { Clock, NewestWindow, WatchTarget, WindowDocument } from '@gaitway/contract';
import type { Archive } from '../archive/archive.ts';
import { assessmentUpdate, windowUpdate } from '../fanout/window-updates.ts';

/** How far back is looked for a patient's newest window. Of a ward only the last few, so that many are cheap. */
const WINDOWS_BACK = { patient: 60, ward: 4 };
/** Patients of a ward that are looked up; a screen shows no more at once. */
const WARD_PATIENTS_MAX = 200;
/** Windows in one packet, and look-ups at a time. */
const PAGE = 20;

export interface NewestWindowsDeps {
  archive: Pick<Archive, 'windowsOf' | 'patients'>;
  clock: Clock;
  windowMs: number;
}

/** The newest window of each patient of a target, in pages: what a screen shows before anything happens. */
export class NewestWindows {
  private readonly deps: NewestWindowsDeps;

  constructor(deps: NewestWindowsDeps) {
    this.deps = deps;
  }

  async *of(target: WatchTarget): AsyncGenerator<NewestWindow[]> {
    const { archive } = this.deps;
    if ('patient' in target) {
      const found = await this.newestOf(target.patient, WINDOWS_BACK.patient);
      if (found) yield [found];
      return;
    }
    let after: string | null = null;
    for (let asked = 0; asked < WARD_PATIENTS_MAX; asked += PAGE) {
      const patients = await archive.patients({ wards: [target.ward] }, after, PAGE);
      const found = await Promise.all(
        patients.map(({ patient }) => this.newestOf(patient, WINDOWS_BACK.ward)),
      );
      const windows = found.filter((window) => window !== undefined);
      if (windows.length > 0) yield windows;
      if (patients.length < PAGE) return;
      after = patients.at(-1)!.patient;
    }
  }

  private async newestOf(patient: string, windowsBack: number): Promise<NewestWindow | undefined> {
    const { archive, clock, windowMs } = this.deps;
    const nowMs = clock.epochMs();
    // One more than fit into the time: the range begins and ends in the middle of a window.
    const found: WindowDocument[] = await archive.windowsOf(
      patient,
      nowMs - windowsBack * windowMs,
      nowMs + 1,
      windowsBack + 1,
    );
    const newest = found.at(-1);
    return newest && { window: windowUpdate(newest), assessment: assessmentUpdate(newest) };
  }
}
