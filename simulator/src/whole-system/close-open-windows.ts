import { ClosingControl } from '@gaitway/reference-server';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { SimulatedServer } from './simulated-server.ts';

/** Asks the processors to close what is still open, and waits until they did. */
export async function closeOpenWindows(server: SimulatedServer, clock: VirtualClock): Promise<void> {
  const control = new ClosingControl(server.log, clock);
  const done = (async () => {
    const asked = await control.closeOpenWindows();
    let progress = asked;
    while (!progress.done) {
      await new Promise<void>((resolve) => clock.setTimer(500, resolve));
      progress = (await control.closingProgress(asked.id)) ?? progress;
    }
  })();
  await clock.runWhile(done, clock.monotonicMs() + 600_000);
}
