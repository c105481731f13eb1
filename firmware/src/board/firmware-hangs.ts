/** The program does nothing any more, and its watchdog does not help it. */
export class FirmwareHangs extends Error {
  override readonly name = 'FirmwareHangs';

  constructor(tick: number, seconds: number) {
    super(
      `the firmware hangs: no tick since tick ${tick}, for ${seconds} s, whatever its watchdog did. ` +
        'Is Timer1 compare match A its tick, and does it get that far before its watchdog bites?',
    );
  }
}
