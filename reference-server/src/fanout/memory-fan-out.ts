import type { FanOut, Update } from './fan-out.ts';

/** Fan-out within one process without sockets: for the whole-system simulation. */
export class MemoryFanOut implements FanOut {
  private readonly byPatient = new Map<string, ((update: Update) => void)[]>();
  private readonly byWard = new Map<string, ((update: Update) => void)[]>();

  watchPatient(patient: string, deliver: (update: Update) => void): void {
    push(this.byPatient, patient, deliver);
  }

  watchWard(ward: string, deliver: (update: Update) => void): void {
    push(this.byWard, ward, deliver);
  }

  isWatched(patient: string, ward: string): boolean {
    return this.byPatient.has(patient) || this.byWard.has(ward);
  }

  publish(update: Update): void {
    for (const deliver of this.byPatient.get(update.patient) ?? []) deliver(update);
    for (const deliver of this.byWard.get(update.ward) ?? []) deliver(update);
  }
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
