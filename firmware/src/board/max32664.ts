import type { BusDevice } from './two-wire.ts';

/**
 * Where beats come from: of a sample number the interval between the beat that was found then and the one before, 0.1 ms (at most
 * 65535), 0 when none was found, or `undefined`: the hub has no power at that tick. The board asks once for each number.
 */
export type PulseSource = (sampleNumber: number) => number | undefined;

export const MAX32664_ADDRESS = 0x55;

const REPORT_BYTES = 20;
/** Heart rate in 0.1 beats a minute and its confidence, then the interval in 0.1 ms and its confidence. */
const REPORT = { heartRate: 1, heartRateConfidence: 3, interval: 4, intervalConfidence: 6 } as const;
const SURE = 100;
/** The algorithm's reports come so many ticks of 20 ms apart. */
const TICKS_PER_REPORT = 2;
const FIFO_REPORTS_MAX = 32;
const STATUS = { done: 0x00, illegalFamily: 0x01, wrongLength: 0x03 } as const;

/** Bytes of each command that the model knows, by its family. */
const COMMAND_BYTES: Readonly<Record<number, number>> = { 16: 3, 18: 2, 68: 4, 82: 3 };
const Family = { outputMode: 0x10, output: 0x12, enableAlgorithm: 0x52 } as const;
const ALGORITHM_ONLY = 0x02;
/** Index and parameter: heart rate at the wrist, in its normal report. */
const WRIST_HEART_RATE = [0x07, 0x01] as const;
const READ_REPORTS = 0x01;

/**
 * The biometric sensor hub MAX32664 (version C) with its optical sensor: what its commands do to the algorithm's reports, and
 * the reports in the order in which it made them. Sources and what is simpler than the part: `docs/firmware-link.md`, "The hub".
 * Its time is the board's: sample numbers.
 */
export class Max32664 implements BusDevice {
  readonly address = MAX32664_ADDRESS;
  private readonly source: PulseSource;
  private hasPower = true;
  private gives = 0;
  private runs = false;
  private ticks = 0;
  /** Of the beat that no report has told yet. */
  private interval = 0;
  private heartRate = 0;
  private reports: Uint8Array[] = [];
  private command: number[] = [];
  private answer: number[] = [];
  private answerAt = 0;
  /** The answer is the reports, which go as they are read. */
  private tellsReports = false;

  constructor(source: PulseSource) {
    this.source = source;
  }

  /** As after power-on: no algorithm runs. */
  powerOn(): void {
    this.gives = 0;
    this.runs = false;
    this.heartRate = 0;
    this.forget();
    this.command = [];
    this.answer = [];
    this.tellsReports = false;
  }

  /** The board's tick: the chip reads sample `sampleNumber` in it. */
  tick(sampleNumber: number): void {
    const interval = this.source(sampleNumber);
    this.hasPower = interval !== undefined;
    if (interval === undefined) return this.powerOn();
    if (!this.runs) return;
    if (interval > 0) {
      this.interval = interval;
      this.heartRate = Math.round(6_000_000 / interval);
    }
    this.ticks += 1;
    if (this.ticks % TICKS_PER_REPORT === 0 && this.gives === ALGORITHM_ONLY) this.report();
  }

  begin(write: boolean): boolean {
    if (write) this.command = [];
    this.answerAt = 0;
    return this.hasPower;
  }

  write(value: number): boolean {
    this.command.push(value);
    const length = COMMAND_BYTES[this.command[0]!];
    if (length === undefined) this.say(STATUS.illegalFamily);
    else if (this.command.length === length) this.workOff();
    else this.say(STATUS.wrongLength);
    return true;
  }

  read(): number {
    const at = this.answerAt++;
    if (this.tellsReports && at > 0 && at % REPORT_BYTES === 0) this.reports.shift();
    return this.answer[at] ?? 0xff;
  }

  private workOff(): void {
    const [family, index, parameter] = this.command;
    this.say(STATUS.done);
    if (family === Family.outputMode && index === 0) this.gives = parameter!;
    else if (family === Family.enableAlgorithm && index === WRIST_HEART_RATE[0]) {
      this.runs = parameter === WRIST_HEART_RATE[1];
      this.forget();
    } else if (family === Family.output) {
      this.tellsReports = index === READ_REPORTS;
      if (this.tellsReports) for (const report of this.reports) this.answer.push(...report);
      else this.answer.push(this.reports.length);
    }
  }

  private say(status: number): void {
    this.answer = [status];
    this.tellsReports = false;
  }

  private forget(): void {
    this.ticks = 0;
    this.interval = 0;
    this.reports = [];
  }

  private report(): void {
    if (this.reports.length === FIFO_REPORTS_MAX) return;
    const report = new Uint8Array(REPORT_BYTES);
    const view = new DataView(report.buffer);
    view.setUint16(REPORT.heartRate, this.heartRate);
    report[REPORT.heartRateConfidence] = SURE;
    // Not 0 only where an interval is new.
    view.setUint16(REPORT.interval, this.interval);
    report[REPORT.intervalConfidence] = SURE;
    this.interval = 0;
    this.reports.push(report);
  }
}
