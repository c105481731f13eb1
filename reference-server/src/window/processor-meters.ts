import type { Alert, METRICS } from '@gaitway/contract';
import type { Counter, Histogram, Meter } from '../observe/meter.ts';
import type { PartitionWindows } from './partition-windows.ts';

/** What a processor asks its stores for. */
export type ProcessorStep = (typeof METRICS.processorFailures.labels.step)[number];

/** What is asked of a processor whenever somebody looks: a round that hangs would leave old values behind. */
export interface ProcessorState {
  openWindows(): number;
  partitionsHeld(): number;
  lagSeconds(): number;
}

/** The measurements of the window stage. */
export class ProcessorMeters {
  readonly folded: Counter;
  readonly repeated: Counter;
  readonly late: Counter;
  readonly closedComplete: Counter;
  readonly closedPartial: Counter;
  readonly leasesLost: Counter;
  readonly fenced: Counter;
  readonly retries: Counter;
  readonly writeDuration: Histogram;
  private readonly meter: Meter;

  constructor(meter: Meter) {
    this.meter = meter;
    this.folded = meter.counter('readingsFolded');
    this.repeated = meter.counter('readingsRepeated');
    this.late = meter.counter('readingsLate');
    this.closedComplete = meter.counter('windowsClosed', { complete: 'true' });
    this.closedPartial = meter.counter('windowsClosed', { complete: 'false' });
    this.leasesLost = meter.counter('leasesLost');
    this.fenced = meter.counter('archiveFenced');
    this.retries = meter.counter('archiveRetries');
    this.writeDuration = meter.histogram('archiveDuration');
  }

  follow(state: ProcessorState): void {
    this.meter.gauge('windowsOpen').follow(() => state.openWindows());
    this.meter.gauge('partitionsOwned').follow(() => state.partitionsHeld());
    this.meter.gauge('processorLag').follow(() => state.lagSeconds());
  }

  alertChanged({ state, severity }: Alert): void {
    if (state === 'raised') this.meter.counter('alertsRaised', { severity }).add();
    else this.meter.counter('alertsSettled', { state }).add();
  }

  failed(step: ProcessorStep): void {
    this.meter.counter('processorFailures', { step }).add();
  }

  /** Takes over what the partitions counted since the last report. */
  report(partitions: Iterable<PartitionWindows>): void {
    for (const windows of partitions) {
      if (windows.counts.folded > 0) this.folded.add(windows.counts.folded);
      if (windows.counts.repeated > 0) this.repeated.add(windows.counts.repeated);
      windows.counts = { folded: 0, repeated: 0 };
    }
  }
}
