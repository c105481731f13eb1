import type { DeviceClaims } from '@gaitway/contract';
import type { Stage } from '../observe/stage-timer.ts';
import { AppendBatcher, type PendingFrame } from './append-batcher.ts';
import { IngestCounters } from './ingest-counters.ts';
import type { IngestDeps, IngestParts } from './ingest-parts.ts';
import { IngestSession } from './ingest-session.ts';
import { partitionOf } from './reading-log.ts';
import { TokenBucket } from './token-bucket.ts';
import { WatermarkLoader } from './watermark-loader.ts';

/**
 * From bytes to a durable reading: admission, decoding, checks, duplicate check, micro-batched append.
 * It knows no socket: a gateway opens a session per connected device and hands bytes in.
 */
export class Ingest implements IngestParts {
  readonly counters: IngestCounters;
  readonly deps: IngestDeps;
  readonly batcher: AppendBatcher;
  readonly loader: WatermarkLoader;
  readonly instanceBucket: TokenBucket;
  readonly decodeStage: Stage;
  waitingBytes = 0;
  draining = false;

  constructor(deps: IngestDeps) {
    this.deps = deps;
    this.decodeStage = deps.stages.stage('decode');
    this.counters = new IngestCounters(deps.meter);
    this.loader = new WatermarkLoader(deps.log, deps.clock);
    this.instanceBucket = new TokenBucket(
      deps.settings.instanceRatePerSecond,
      deps.settings.instanceBurst,
      deps.clock.monotonicMs(),
    );
    this.batcher = new AppendBatcher(deps.log, deps.clock, deps.meter, deps.settings, {
      durable: (frames) => this.tell(frames),
      failed: (error) => deps.warn(`append: ${error instanceof Error ? error.message : String(error)}`),
    });
  }

  openSession(claims: DeviceClaims): IngestSession {
    return new IngestSession(this, claims, partitionOf(claims.patient, this.deps.log.partitions));
  }

  /** Stops taking frames and resolves when all that were taken are answered. */
  async drain(): Promise<void> {
    this.draining = true;
    await this.batcher.idle();
  }

  private tell(frames: readonly PendingFrame[]): void {
    const { durable } = this.deps;
    for (const pending of frames) {
      this.counters.accepted(pending.frame.kind);
      const { patient, ward, bytes } = pending.record;
      durable?.({ role: 'device', device: pending.frame.device, patient, ward }, pending.frame, bytes);
    }
  }
}
