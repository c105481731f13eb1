import type { RejectReason } from '@gaitway/contract';
import { sumOf } from '../sum-of.ts';
import type { LinkEnd } from '../transport/link-end.ts';

/** Ways in which a machine runs out: codes of the operating system. */
export const EXHAUSTION_CODES = ['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'] as const;
export type ExhaustionCode = (typeof EXHAUSTION_CODES)[number];

/** What became of the readings that were due in a span of time. */
export interface ReadingCounts {
  /** Slots that ended: readings that were made. */
  due: number;
  /** Written to a socket at least once. */
  sent: number;
  /** Taken up by the generator later than the limit: the generator's fault, whatever became of them. */
  notSentOnTime: number;
  acknowledged: number;
  /** Given up by the device: its ring was full, or it was restarted. */
  dropped: number;
  /** Given up because the server will never take them. */
  refused: number;
  /** Still held when drain ended. */
  unacknowledged: number;
}

/** Everything that a worker counts. Plain numbers: it is sent as it is and added up. */
export interface FleetCounters {
  all: ReadingCounts;
  /** Of those, the readings due in the measure phase. */
  measured: ReadingCounts;
  connected: number;
  /** The most that were connected at any look (once a second, and at the end). */
  connectedMost: number;
  connectAttempts: number;
  /** Devices that joined their server at least once, each under the source address of its first connection. */
  joinedFrom: Record<string, number>;
  /** Connections that came up beyond a device's first. */
  reconnects: number;
  retransmitted: number;
  /** Answers that refused a frame, by reason; a frame that is sent again may be refused again. */
  rejected: Partial<Record<RejectReason, number>>;
  handshakesRefused: Record<string, number>;
  /** Devices that stopped for good: their token will never be accepted. */
  devicesBarred: number;
  linkEnds: Partial<Record<LinkEnd, number>>;
  exhausted: Partial<Record<ExhaustionCode, number>>;
  /** Commands from the server, by name. */
  commands: Record<string, number>;
  /** Updates that ended, by how (the firmware's `UpdateOutcome`). */
  updates: Record<string, number>;
  /** Readings of the measure phase that no device made, since its chip was written, or hung, in an update. */
  lostToUpdates: number;
}

export function noReadings(): ReadingCounts {
  return { due: 0, sent: 0, notSentOnTime: 0, acknowledged: 0, dropped: 0, refused: 0, unacknowledged: 0 };
}

export function noCounters(): FleetCounters {
  return {
    all: noReadings(),
    measured: noReadings(),
    connected: 0,
    connectedMost: 0,
    connectAttempts: 0,
    joinedFrom: {},
    reconnects: 0,
    retransmitted: 0,
    rejected: {},
    handshakesRefused: {},
    devicesBarred: 0,
    linkEnds: {},
    exhausted: {},
    commands: {},
    updates: {},
    lostToUpdates: 0,
  };
}

/** Stands in `joinedFrom` where no source address was set: the system chose one. */
export const ANY_SOURCE = 'any';

/** One more (or `times`) under a name that may be new. */
export function countUnder<Name extends string>(
  counts: Partial<Record<Name, number>>,
  name: Name,
  times = 1,
): void {
  counts[name] = (counts[name] ?? 0) + times;
}

/** The sum of several workers' counters; the parts stay as they are. */
export function sumCounters(parts: readonly FleetCounters[]): FleetCounters {
  return sumOf([noCounters(), ...parts]);
}

/** Devices that joined their server at least once. */
export function devicesJoined({ joinedFrom }: FleetCounters): number {
  return Object.values(joinedFrom).reduce((sum, devices) => sum + devices, 0);
}

/** The exhaustion that a failed connection's reason names, if any. */
export function exhaustionIn(reason: string): ExhaustionCode | undefined {
  return EXHAUSTION_CODES.find((code) => reason.includes(code));
}
