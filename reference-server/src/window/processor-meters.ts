import type { Counter, Gauge, Histogram, Meter } from '../observe/meter.ts';
import type { PartitionWindows } from './partition-windows.ts';

/** The measurements of the window stage. */
export class ProcessorMeters {
  readonly folded: Counter;
  readonly repeated: Counter;
  readonly late: Counter;
  readonly closedComplete: Counter;
  readonly closedPartial: Counter;
  readonly open: Gauge;
  readonly owned: Gauge;
  readonly lag: Gauge;
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
    this.open = meter.gauge('windowsOpen');
    this.owned = meter.gauge('partitionsOwned');
    this.lag = meter.gauge('processorLag');
    this.leasesLost = meter.counter('leasesLost');
    this.fenced = meter.counter('archiveFenced');
    this.retries = meter.counter('archiveRetries');
    this.writeDuration = meter.histogram('archiveDuration');
  }

  alertRaised(severity: string): void {
    this.meter.counter('alertsRaised', { severity }).add();
  }

  /** Takes over what the partitions counted since the last report. */
  report(partitions: readonly PartitionWindows[]): void {
    let open = 0;
    for (const windows of partitions) {
      open += windows.openWindows;
      if (windows.counts.folded > 0) this.folded.add(windows.counts.folded);
      if (windows.counts.repeated > 0) this.repeated.add(windows.counts.repeated);
      windows.counts = { folded: 0, repeated: 0 };
    }
    this.open.set(open);
    this.owned.set(partitions.length);
  }
}
