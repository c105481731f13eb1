/**
 * How many ticks the chip waits behind each command that sets the hub up; the algorithm runs from the last one on
 * (`hub.c`; `docs/firmware-link.md`, "The hub").
 */
const COMMAND_TICKS = [1, 2, 2, 5] as const;

/**
 * When the chip gets to know of a beat that its hub has found: chip and hub together, as the twin sees them. Reports are
 * made every other tick, then counted, asked for and read, each of it in a tick of its own.
 */
export class PulseHub {
  /** Commands of {@link COMMAND_TICKS} that were given. */
  private commands = 0;
  private waitTicks = 0;
  /** It has lost its power and with it what it was told, which the chip sees only when it speaks to it. */
  private wasLost = false;
  private reportIsNext = false;
  private interval = 0;
  private reports: number[] = [];
  /** How many reports it said that it has. */
  private counted = 0;
  private asksForReports = false;

  /** The chip starts: it sets the hub up anew. */
  reset(): void {
    this.commands = 0;
    this.waitTicks = 0;
    this.wasLost = false;
  }

  /**
   * One tick. `interval`: of the beat that the hub finds in it, 0.1 ms; 0: none; `undefined`: it has no power. Gives the
   * intervals that the chip reads in this tick, or `undefined` when the hub does not answer.
   */
  tick(interval: number | undefined): readonly number[] | undefined {
    if (interval === undefined) this.wasLost = true;
    else if (this.commands === COMMAND_TICKS.length) this.find(interval);
    if (this.waitTicks > 1) {
      this.waitTicks -= 1;
      return [];
    }
    if (this.wasLost) {
      this.reset();
      return undefined;
    }
    if (this.commands < COMMAND_TICKS.length) this.setUp();
    else if (this.asksForReports) return this.read();
    else this.count();
    return [];
  }

  private find(interval: number): void {
    if (interval > 0) this.interval = interval;
    this.reportIsNext = !this.reportIsNext;
    if (this.reportIsNext) return;
    this.reports.push(this.interval);
    this.interval = 0;
  }

  private setUp(): void {
    this.waitTicks = COMMAND_TICKS[this.commands]!;
    this.commands += 1;
    this.reportIsNext = false;
    this.interval = 0;
    this.reports = [];
    this.counted = 0;
  }

  /** What it was told of the count before decides what it asks for: the reports, or the count again. */
  private count(): void {
    this.asksForReports = this.counted > 0;
    if (!this.asksForReports) this.counted = this.reports.length;
  }

  private read(): readonly number[] {
    const read = this.reports.splice(0, this.counted);
    this.asksForReports = false;
    this.counted = this.reports.length;
    return read.filter((interval) => interval > 0);
  }
}
