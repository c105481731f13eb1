import type { Clock, Condition, WindowSettings } from '@gaitway/contract';
import type { Archive, Retention } from '../archive/archive.ts';
import type { Durability } from '../ingest/reading-log.ts';
import type { InsightRequest } from '../jobs/insight-job.ts';
import type { Enqueued } from '../jobs/job-queue.ts';
import type { Meter } from '../observe/meter.ts';
import type { MetricsText } from '../observe/prometheus-meter.ts';
import type { RequestAllowance } from './request-allowance.ts';

/** Whether something that the server needs can be reached. */
export interface ReadinessCheck {
  name: string;
  /** Rejects with what is wrong. */
  check(): Promise<void>;
}

/** How far the closing of open windows got. */
export interface ClosingProgress {
  /** What to ask with; opaque. Any instance can answer for it where the implementation puts all it needs into it. */
  id: string;
  partitions: number;
  partitionsDone: number;
  /** Every window that was open when it was asked for is in the archive. */
  done: boolean;
}

/** What an operator can make the server do. */
export interface ServerControl {
  /** Starts to close what is open, complete or not. May resolve before it is done. */
  closeOpenWindows(): Promise<ClosingProgress>;
  /** `null`: this id was never given out. */
  closingProgress(id: string): Promise<ClosingProgress | null>;
}

/** Where insights are asked for. */
export interface InsightRequests {
  /** The longest period that one insight may have, in ms. */
  spanMsMax: number;
  request(asked: InsightRequest): Promise<Enqueued>;
}

/** Beside the model that assesses: who runs beside it, who writes insights, what the devices are rolled to. */
export interface PipelineView {
  candidate?: { version: string; use: 'shadow' | 'roll-out' };
  /** `everyMs` 0: those that are asked for. `model`: of the API that writes. */
  insights: { everyMs: number; writer: 'built-in' | 'model'; model?: string };
  /** Versions of the device's program, and the beginning of the new image's SHA-256, hexadecimal. */
  updateWave?: { from: string; to: string; hash: string };
}

/** What `GET /v1/settings` shows: enough to cut windows as the server does, and to say what a run ran on. */
export interface SettingsView extends PipelineView {
  version: string;
  instance: string;
  roles: string[];
  window: WindowSettings;
  allowedLatenessMs: number;
  futureLimitMs: number;
  /** What assesses, from which score on it calls a slot positive (thousandths), and what it leaves out. */
  model: {
    version: string;
    thresholds: Readonly<Record<Condition, number>>;
    declined: Readonly<Record<string, string>>;
  };
  partitions: number;
  cache: 'on' | 'off';
  retention: Retention;
  durability: Durability;
  stores: { log: string; archive: string; cache: string; fanOut: string };
}

export interface ApiDeps {
  /** The archive as viewers should read it: with the cache around it, where there is one. */
  archive: Archive;
  clock: Clock;
  tokenSecret: string;
  meter: Meter;
  metricsText: () => Promise<MetricsText>;
  readiness: readonly ReadinessCheck[];
  /** What each who has a token may ask. */
  allowance: RequestAllowance;
  control: ServerControl;
  insights: InsightRequests;
  /** The image of the update wave, if this is its hash. */
  imageOf(hash: number): Promise<Uint8Array | undefined>;
  settings: () => SettingsView;
  /** `operations`: only what whoever runs the server asks for (health, readiness, metrics), and devices (images). Default: everything. */
  serves?: 'everything' | 'operations';
  /** Told of errors that are ours, with the request that met them. */
  failed?: (error: unknown, request: { method: string; url: string }) => void;
}
