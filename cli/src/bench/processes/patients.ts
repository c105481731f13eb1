import { ReadingSource } from '@gaitway/simulator';

/** How many patients report, and for how many slots at a time. */
export interface PatientsOrder {
  type: 'run';
  seed: number;
  patients: number;
  slots: number;
}

export interface PatientsFigures {
  type: 'ran';
  /** CPU of a reading's values and event, us: in the first slots, with the making of the pool, and in the next. */
  firstUs: number;
  nextUs: number;
  /** CPU of making the samples of one slot, us. */
  samplesUs: number;
  /** Heap and buffers that the pool adds, kB. */
  poolKb: number;
}

const SAMPLED = 3000;

function cpuUsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function bytesInUse(): number {
  for (let round = 0; round < 2; round++) globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The fleet asks so: a slot's event when it begins, and its values when it ends. */
function ask(source: ReadingSource, patients: number, from: number, to: number): void {
  for (let slot = from; slot < to; slot++) {
    for (let patient = 0; patient < patients; patient++) {
      source.eventOf(patient, slot);
      source.valuesOf(patient, slot);
    }
  }
}

process.on('message', ({ seed, patients, slots }: PatientsOrder) => {
  // Code is compiled on other people.
  ask(new ReadingSource(seed + 1), 2000, 0, 5);
  const before = bytesInUse();
  const source = new ReadingSource(seed);
  const firstUs = cpuUsOf(() => ask(source, patients, 0, slots)) / (patients * slots);
  const nextUs = cpuUsOf(() => ask(source, patients, slots, 2 * slots)) / (patients * slots);
  const poolKb = (bytesInUse() - before) / 1000;
  const samplesUs =
    cpuUsOf(() => {
      for (let i = 0; i < SAMPLED; i++) source.samplesOf(i, i % 700);
    }) / SAMPLED;
  const figures: PatientsFigures = { type: 'ran', firstUs, nextUs, samplesUs, poolKb };
  process.send?.(figures);
});
process.on('disconnect', () => process.exit());
