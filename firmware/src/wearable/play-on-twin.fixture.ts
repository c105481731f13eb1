import { ResetCause } from '@gaitway/contract';
import { reportedBatteryMv } from '../board/battery-converter.ts';
import { type SendFrame, TickedDevice } from '../twin/ticked-device.ts';
import { pulseAt } from './pulse.fixture.ts';
import type { Sent, Trace } from './trace.fixture.ts';

/** What the twin sends in a life. `Device`: another class of the same form, as a mutated one. */
export function playOnTwin(trace: Trace, Device: typeof TickedDevice = TickedDevice): Sent[] {
  const sent: Sent[] = [];
  let tick = -1;
  const send: SendFrame = (flight, bytes) => {
    sent.push({ tick, flight, hex: Buffer.from(bytes).toString('hex') });
  };
  const device = new Device(trace.settings, send);
  const batteries = [...trace.batteryMv];
  const battery = (): void => {
    while (batteries.length > 0 && batteries[0]!.fromTick <= tick)
      device.batteryMv = reportedBatteryMv(batteries.shift()!.batteryMv);
  };
  battery();
  device.start(ResetCause.powerOn);
  for (tick = 0; tick < trace.ticks; tick++) {
    battery();
    const sample = trace.answers[tick] === 0 ? undefined : trace.samples.subarray(6 * tick, 6 * tick + 6);
    device.tick(sample, pulseAt(trace.pulses, tick));
    for (const step of trace.after.get(tick) ?? []) {
      if (step.do === 'message') device.take(step.message);
      else if (step.do === 'start') device.start(step.cause);
    }
  }
  return sent;
}
