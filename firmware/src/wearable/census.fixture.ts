import {
  EventType,
  FEATURE_FIELDS,
  FrameFlag,
  FrameKind,
  featureIndex,
  HEADER,
  HEADER_BYTES,
  ResetCause,
  readFeatures,
  readU32,
  SEQ_MAX,
} from '@gaitway/contract';
import type { Sent, Trace } from './trace.fixture.ts';

/** What lives hold of what a device must bear: how often. */
export interface Census {
  falls: number;
  rawChunks: number;
  /** The first raw chunk behind some that the ring had no room for. */
  rawOverflows: number;
  switchesToRaw: number;
  switchesToFeatures: number;
  /** Frames that were made while the link was down. */
  backfills: number;
  retransmissions: number;
  /** Frames with the last number of a boot. */
  sequenceEnds: number;
  brownOuts: number;
  watchdogResets: number;
  /** Frames that went out in a later start than the one that they were made in, no power cut between. */
  heldOverResets: number;
  /** Ticks with three messages and more. */
  storms: number;
  rejects: number;
  noises: number;
  hearts: number;
  /** Slots with beats whose intervals are all no heart's. */
  heartsUnmeasured: number;
  /** Slots whose differences are more than their field holds. */
  heartOverflows: number;
  hubFailures: number;
}

export const NOTHING: Census = {
  falls: 0,
  rawChunks: 0,
  rawOverflows: 0,
  switchesToRaw: 0,
  switchesToFeatures: 0,
  backfills: 0,
  retransmissions: 0,
  sequenceEnds: 0,
  brownOuts: 0,
  watchdogResets: 0,
  heldOverResets: 0,
  storms: 0,
  rejects: 0,
  noises: 0,
  hearts: 0,
  heartsUnmeasured: 0,
  heartOverflows: 0,
  hubFailures: 0,
};

const HEART_AT = ['heartRateBpm', 'beats', 'beatDifferenceSquares'].map(featureIndex);

/** Adds what one life holds. */
export function count(census: Census, { after, settings, pulses }: Trace, sent: readonly Sent[]): void {
  for (const steps of after.values()) {
    for (const step of steps) {
      if (step.do === 'noise') census.noises += 1;
      else if (step.do === 'start') {
        if (step.cause === ResetCause.brownOut) census.brownOuts += 1;
        if (step.cause === ResetCause.watchdog) census.watchdogResets += 1;
      } else if (step.message.type === 'rejected') census.rejects += 1;
      else if (step.message.type === 'mode')
        census[step.message.mode === 'raw' ? 'switchesToRaw' : 'switchesToFeatures'] += 1;
    }
    if (steps.filter((step) => step.do === 'message').length >= 3) census.storms += 1;
  }
  if (settings.hasHub)
    census.hubFailures += pulses.filter((one, tick) => one < 0 && pulses[tick - 1]! >= 0).length;
  const seen = new Set<string>();
  const starts: number[] = [];
  for (const [tick, steps] of after) {
    if (steps.some((step) => step.do === 'start' && step.cause !== ResetCause.powerOn)) starts.push(tick);
  }
  let reported = -1;
  for (const { tick, hex } of sent) {
    const bytes = Buffer.from(hex, 'hex');
    const boot = bytes.readUInt16LE(HEADER.boot);
    const seq = readU32(bytes, HEADER.seq);
    if (seen.has(`${boot}:${seq}`)) {
      census.retransmissions += 1;
      continue;
    }
    seen.add(`${boot}:${seq}`);
    if ((bytes[HEADER.flags]! & FrameFlag.backfill) !== 0) census.backfills += 1;
    if (seq === SEQ_MAX) census.sequenceEnds += 1;
    if (bytes[HEADER.kind] === FrameKind.event && bytes[HEADER_BYTES] === EventType.fall) census.falls += 1;
    if (bytes[HEADER.kind] === FrameKind.features) {
      const values = new Int32Array(FEATURE_FIELDS.length);
      readFeatures(bytes, HEADER_BYTES, values);
      const [rate, beats, squares] = HEART_AT.map((at) => values[at]!);
      if (rate! > 0) census.hearts += 1;
      else if (beats! > 0) census.heartsUnmeasured += 1;
      if (squares === 65_535) census.heartOverflows += 1;
    }
    if (bytes[HEADER.kind] === FrameKind.rawChunk) {
      census.rawChunks += 1;
      if (seq > 0 && !seen.has(`${boot}:${seq - 1}`)) census.rawOverflows += 1;
    }
    // After a start its own first frame is its boot frame: what comes before that was held.
    const start = starts.findLast((one) => one < tick) ?? -1;
    if (bytes[HEADER.kind] === FrameKind.boot) reported = start;
    else if (start > reported) census.heldOverResets += 1;
  }
}
