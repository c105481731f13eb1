import { type Alert, EventType, type Frame, readEvent } from '@gaitway/contract';
import type { LogRecord } from '../ingest/reading-log.ts';
import { alertId, type EventRule } from './rule.ts';

const NAME = 'fall';
/** Counts / 2 per g at the 2 g range. */
const HALF_COUNTS_PER_G = 8192;

/**
 * A fall that the device reports. The device decides by peak and turn (3 g and 45 degrees: sensitivity 0.83 at
 * specificity 0.90 on the simulated wrist falls of WEDA-FALL); the server says what was measured, at once and provisionally:
 * `FallWatch` confirms or withdraws it by the readings that follow. The moment is the frame's start and its offset, so a retransmitted frame is the same alert.
 */
export const fallEvent: EventRule = {
  name: NAME,
  onEvent({ patient, ward, bytes }: LogRecord, frame: Frame): Alert | undefined {
    const event = readEvent(bytes, frame.payloadAt);
    if (event.type !== EventType.fall) return undefined;
    const atMs = frame.startMs + event.offsetMs;
    const peakG = event.peak / (HALF_COUNTS_PER_G / 2 ** frame.accelRange);
    const cosine = Math.min(1, Math.max(-1, event.tiltCosine / 16384));
    const tiltDegrees = (Math.acos(cosine) * 180) / Math.PI;
    return {
      id: alertId(patient, NAME, atMs),
      patient,
      ward,
      rule: NAME,
      severity: 'urgent',
      state: 'raised',
      atMs,
      says: `the device reports a fall: ${peakG.toFixed(1)} g, turned by ${tiltDegrees.toFixed(0)} degrees`,
    };
  },
};
