/** The program does nothing any more, and its watchdog does not help it. */
export class FirmwareHangs extends Error {
  override readonly name = 'FirmwareHangs';

  /** `tick`: the last one that was seen; below 0: there was none. `says`: of one that ticks, what it does not do. */
  constructor(tick: number, seconds: number, says?: string) {
    super(
      says ??
        `the firmware hangs: ${tick < 0 ? 'it has not ticked once' : `no tick since tick ${tick}`}, for ${seconds} s, whatever its watchdog did. ` +
          'Is Timer1 compare match A its tick, and does it get that far before its watchdog bites?',
    );
  }
}
