import { type Alert, EventType, encodeFrame, eventPayload, FrameKind } from '@gaitway/contract';
import type { Population } from '../../fleet/population.ts';
import type { SimulatedSystem } from '../simulate.ts';
import { simulatedToken } from '../simulated-token.ts';

/** Devices of their own, so that the ledger of the wearables stays theirs: numbers above any of a wearable. */
const DEVICE_FROM = 500_000;
const AGAIN_MS = 2000;
/** Each report is delivered so often at least, through one gateway after the other. */
const DELIVERIES_MIN = 3;
/** No sensor of 8 g reads so much, on all of its axes together: nobody's own wearable tells of such a fall. */
const PEAK_G = 15;
const HALF_COUNTS_PER_G = 2048;

export interface FallReport {
  patientIndex: number;
  /** By the monotonic clock: the impact, and 1.5 s later the report. */
  atMs: number;
}

/** Whether an alert is of one of these reports, and not of a fall that a patient's own wearable told of. */
export function isOfReport({ says }: Pick<Alert, 'says'>): boolean {
  return says.includes(`${PEAK_G.toFixed(1)} g`);
}

/**
 * Falls that are reported as a wearable does, and worse: the frame is sent again until it was acknowledged, and then again. Each
 * comes from a device of its own beside the patient's wearable, whose readings say what was after it.
 */
export function reportFalls(
  { clock, server }: SimulatedSystem,
  population: Population,
  falls: readonly FallReport[],
): void {
  const gateways = [...server.gateways.values()];
  falls.forEach(({ patientIndex, atMs }, fall) => {
    const { patient, ward } = population.personAt(patientIndex);
    const device = DEVICE_FROM + fall;
    const token = simulatedToken({ role: 'device', device, patient, ward });
    let bytes: Uint8Array | undefined;
    let acknowledged = false;
    const deliver = (delivery: number): void => {
      bytes ??= fallFrame(device, clock.epochMs() - 1500);
      const session = gateways[delivery % gateways.length]!.open(token, {
        command: () => {},
        disconnect: () => {},
      });
      if (!('refused' in session)) {
        session.receive(bytes.slice(), (answer) => {
          if (!('reject' in answer)) acknowledged = true;
        });
      }
      clock.setTimer(AGAIN_MS, () => {
        if (!('refused' in session)) session.closed?.();
        if (!acknowledged || delivery + 1 < DELIVERIES_MIN) deliver(delivery + 1);
      });
    };
    clock.setTimer(atMs + 1500, () => deliver(0));
  });
}

function fallFrame(device: number, startMs: number): Uint8Array {
  const header = {
    ...{ kind: FrameKind.event, flags: 0, placement: 1, accelRange: 2, gyroRange: 2 },
    ...{ device, boot: 1, firmware: 0x1000, seq: 0, startMs, batteryMv: 3700, slotMs: 0 },
  };
  const payload = eventPayload({
    ...{
      type: EventType.fall,
      peak: HALF_COUNTS_PER_G * PEAK_G,
      min: 500,
      gyroPeak: 9000,
      tiltCosine: 0,
      offsetMs: 0,
    },
  });
  return encodeFrame(header, payload, 0);
}
