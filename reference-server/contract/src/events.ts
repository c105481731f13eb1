import type { Alert, Assessment, LatestReading, WindowDocument } from './domain.ts';
import type { Insight } from './insight.ts';
import type { HandshakeFault, RejectReason } from './reject.ts';

/** Socket.IO namespaces. */
export const NAMESPACE = { device: '/device', live: '/live' } as const;

/** Everything of this boot up to `seq` is durable, or was declared dropped by the device. */
export interface Acknowledged {
  boot: number;
  seq: number;
}

export interface Rejected {
  reject: RejectReason;
  retryAfterMs?: number;
}

export type FrameAnswer = Acknowledged | Rejected;

/** From server to device. */
export type DeviceCommand =
  | { command: 'time_sync'; epochMs: number }
  | { command: 'rate'; slotMs: number }
  | { command: 'mode'; mode: 'features' | 'raw' }
  | { command: 'identify' }
  | { command: 'update_offer'; firmware: number; hash: string }
  | { command: 'reconnect'; afterMs: number };

export interface DeviceToServerEvents {
  frame: (bytes: Uint8Array, answer: (answer: FrameAnswer) => void) => void;
}

/** Why the server ends a session that it had let in. The disconnection follows at once. */
export interface SessionEnd {
  code: Extract<HandshakeFault, 'token_expired'>;
  says: string;
}

export interface ServerToDeviceEvents {
  command: (command: DeviceCommand) => void;
  ended: (end: SessionEnd) => void;
}

export type WatchTarget = { patient: string } | { ward: string };
export type WatchAnswer =
  | { watching: true }
  /** `unwatched`: an `unwatch` of the same came before the answer was known. */
  | { watching: false; code: 'not_allowed' | 'bad_request' | 'unwatched'; says: string }
  /** Nobody knows now whether it is allowed: the archive does not answer. Ask again after `retryAfterMs`. */
  | { watching: false; code: 'unavailable'; says: string; retryAfterMs: number };
export type WatchRefusal = Extract<WatchAnswer, { watching: false }>['code'];

/** A window as viewers get it: the document without what only the audit needs; its assessment comes by itself. */
export type WindowUpdate = Omit<WindowDocument, 'identities' | 'digest' | 'epoch' | 'assessment' | 'slots'>;

/** What the models say of a window, with the scores of its slots. */
export interface AssessmentUpdate {
  patient: string;
  startMs: number;
  revision: number;
  assessment: Assessment;
  slots: WindowDocument['slots'];
}

/** What the archive holds when somebody begins to watch: the newest window of a patient, with what the models say of it. */
export interface NewestWindow {
  window: WindowUpdate;
  assessment: AssessmentUpdate;
}

export interface ServerToViewerEvents {
  /**
   * Comes after a `watch` was allowed, so that a screen is not empty until the next window closes. It is as old
   * as its window; where a `window` of the same patient has come already, the higher (startMs, revision) counts.
   */
  newest: (windows: NewestWindow[]) => void;
  reading: (reading: LatestReading) => void;
  window: (window: WindowUpdate) => void;
  assessment: (assessment: AssessmentUpdate) => void;
  alert: (alert: Alert) => void;
  insight: (insight: Insight) => void;
  /** The viewer was too slow and now gets latest values only; `dropped` counts what it missed. */
  slow: (notice: { dropped: number }) => void;
  ended: (end: SessionEnd) => void;
}

export interface ViewerToServerEvents {
  watch: (target: WatchTarget, answer: (answer: WatchAnswer) => void) => void;
  unwatch: (target: WatchTarget, answer: (answer: WatchAnswer) => void) => void;
}
