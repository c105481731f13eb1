import { MemoryFanOut } from '@gaitway/reference-server';
import type { ServerParts } from '../simulated-server.ts';

type Deliver = Parameters<MemoryFanOut['watchPatient']>[1];

/** Sends what is told of one patient to the viewers of another as well. */
export function showsAForeignPatient(shown: string, toViewersOf: string): ServerParts {
  return { fanOut: () => new LeakingFanOut(shown, toViewersOf) };
}

class LeakingFanOut extends MemoryFanOut {
  private readonly shown: string;
  private readonly toViewersOf: string;

  constructor(shown: string, toViewersOf: string) {
    super();
    this.shown = shown;
    this.toViewersOf = toViewersOf;
  }

  override watchPatient(patient: string, deliver: Deliver): void {
    super.watchPatient(patient, deliver);
    if (patient === this.toViewersOf) super.watchPatient(this.shown, deliver);
  }
}
