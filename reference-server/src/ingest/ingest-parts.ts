import type { Clock, DeviceClaims, Frame } from '@gaitway/contract';
import type { Meter } from '../observe/meter.ts';
import type { Stage, StageTimer } from '../observe/stage-timer.ts';
import type { AppendBatcher, AppendBatcherSettings } from './append-batcher.ts';
import type { IngestCounters } from './ingest-counters.ts';
import type { ReadingLog } from './reading-log.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { WatermarkLoader } from './watermark-loader.ts';

export interface IngestSettings extends AppendBatcherSettings {
  deviceRatePerSecond: number;
  deviceBurst: number;
  instanceRatePerSecond: number;
  instanceBurst: number;
  futureLimitMs: number;
}

export interface IngestDeps {
  log: ReadingLog;
  clock: Clock;
  meter: Meter;
  stages: StageTimer;
  settings: IngestSettings;
  /** Told of every frame once it is durable: the newest values go from here to those who watch. */
  durable?(claims: DeviceClaims, frame: Frame, bytes: Uint8Array): void;
  /** Told why an append failed; its devices were told busy. */
  warn(says: string): void;
}

/** What the sessions of one instance share. */
export interface IngestParts {
  readonly deps: IngestDeps;
  readonly counters: IngestCounters;
  readonly batcher: AppendBatcher;
  readonly loader: WatermarkLoader;
  readonly instanceBucket: TokenBucket;
  readonly decodeStage: Stage;
  /** Frames of all sessions that wait for their device's watermark: bounded like the queue of appends. */
  waitingBytes: number;
  /** Set while the instance shuts down: frames are told to go elsewhere. */
  readonly draining: boolean;
}
