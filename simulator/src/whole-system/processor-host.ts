import type { Clock } from '@gaitway/contract';
import {
  type Archive,
  createNullMeter,
  createStageTimer,
  type FanOut,
  type PartitionLeases,
  Processor,
  type ProcessorSettings,
  type ReadingLog,
} from '@gaitway/reference-server';
import { CrashPoints } from './crash-points.ts';
import { PausableClock } from './pausable-clock.ts';
import { NEVER, standIn } from './stand-in.ts';

export interface ProcessorHostOptions {
  name: string;
  seed: number;
  clock: Clock;
  log: ReadingLog;
  leases: PartitionLeases;
  archive: Archive;
  fanOut: FanOut;
  settings: ProcessorSettings;
  warn(says: string): void;
}

export const PROCESSOR_CRASH_POINTS = [
  'between read and fold',
  'before a write',
  'after a write',
  'before a commit',
  'after a commit',
] as const;

const DOWN_MS = 3000;
/** With few patients a processor writes every few seconds only. */
const PATIENCE_MS = 20_000;

/**
 * A "process" that runs one processor and can die or hang anywhere in its work. Its next life is a new
 * processor with another name, as a restarted process has.
 */
export class ProcessorHost {
  private readonly options: ProcessorHostOptions;
  private lives = 0;
  private clock!: PausableClock;
  readonly crashes: CrashPoints<(typeof PROCESSOR_CRASH_POINTS)[number]>;
  stalls = 0;

  constructor(options: ProcessorHostOptions) {
    this.options = options;
    this.crashes = new CrashPoints({
      clock: options.clock,
      seed: options.seed,
      points: PROCESSOR_CRASH_POINTS,
      die: () => this.clock.crash(),
      live: () => this.live(),
    });
    this.live();
  }

  /** Dies at a point of its work that the seed chooses, and lives again a little later. */
  crash(): void {
    this.crashes.crash(DOWN_MS, PATIENCE_MS);
  }

  /** Stands still for `ms`, longer than its lease, and then goes on as if nothing had happened. */
  stall(ms: number): void {
    this.stalls += 1;
    const { clock } = this;
    clock.pause();
    this.options.clock.setTimer(ms, () => clock.resume());
  }

  private live(): void {
    this.lives += 1;
    const life = this.lives;
    this.clock = new PausableClock(this.options.clock);
    const { log, archive, leases, fanOut, settings, warn } = this.options;
    const diesAt = (point: (typeof PROCESSOR_CRASH_POINTS)[number]) =>
      life === this.lives && this.crashes.diesAt(point);
    new Processor({
      instance: `${this.options.name}-${life}`,
      log: standIn(log, {
        read: async (from, limit) => {
          const entries = await log.read(from, limit);
          return entries.size > 0 && diesAt('between read and fold') ? NEVER : entries;
        },
        commit: async (partition, epoch, progress) => {
          if (diesAt('before a commit')) return NEVER;
          const committed = await log.commit(partition, epoch, progress);
          return diesAt('after a commit') ? NEVER : committed;
        },
      }),
      archive: standIn(archive, {
        saveWindows: async (windows) => {
          if (diesAt('before a write')) return NEVER;
          const outcomes = await archive.saveWindows(windows);
          return diesAt('after a write') ? NEVER : outcomes;
        },
      }),
      leases,
      fanOut,
      clock: this.clock,
      meter: createNullMeter(),
      stages: createStageTimer(() => 0),
      settings,
      warn,
    }).start();
  }
}
