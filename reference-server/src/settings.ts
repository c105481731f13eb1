import { FUTURE_LIMIT_MS, WINDOW_SETTINGS_DEFAULT, type WindowSettings } from '@gaitway/contract';
import { RETENTION_DEFAULT, type Retention } from './archive/archive.ts';
import { MODEL_VERSION } from './infer/model-names.ts';
import type { DurabilityLevel } from './ingest/reading-log.ts';
import type { AskedWave } from './update/wave-plan.ts';

/** How insights are written. Prices and costs are in thousandths of a currency; a price is that of a million tokens. */
export interface InsightSettings {
  /** How often each patient gets one, about as long a period; 0: only those who are asked for. */
  everyMs: number;
  /** Jobs that may wait and run together; above it they are turned away. */
  queueMax: number;
  /** An OpenAI-compatible chat API, as what `/chat/completions` comes after. Without it the built-in writer writes. */
  apiUrl?: string;
  model?: string;
  apiKey?: string;
  timeLimitMs: number;
  tokensPerInsightMax: number;
  tokensPerDayMax: number;
  promptPriceThousandths: number;
  completionPriceThousandths: number;
  costPerInsightMaxThousandths: number;
  costPerDayMaxThousandths: number;
}

/** Nothing by itself: a server that nobody asked for insights spends nothing on them. */
export const INSIGHT_SETTINGS_DEFAULT: Readonly<InsightSettings> = {
  everyMs: 0,
  queueMax: 1000,
  timeLimitMs: 20_000,
  tokensPerInsightMax: 16_000,
  tokensPerDayMax: 1_000_000,
  promptPriceThousandths: 0,
  completionPriceThousandths: 0,
  costPerInsightMaxThousandths: 100,
  costPerDayMaxThousandths: 1000,
};

export const SERVER_ROLES = ['gateway', 'processor', 'api'] as const;
export type ServerRole = (typeof SERVER_ROLES)[number];

/** Everything about a server that can be set, with its unit in its name. Defaults live here and nowhere else. */
export interface ServerSettings {
  host: string;
  port: number;
  roles: readonly ServerRole[];
  instance: string;
  /** Folder of the embedded stores. Not used when both URLs are given. */
  dataFolder: string;
  redisUrl?: string;
  /** What every key and channel in Redis begins with; instances that work together have the same. */
  redisPrefix: string;
  mongoUrl?: string;
  /** What every collection in MongoDB begins with, for who shares a database; empty: nothing. */
  mongoPrefix: string;
  tokenSecret: string;
  durability: DurabilityLevel;
  partitions: number;
  cache: 'on' | 'off';
  /** What this instance caches, in the process or in Redis. */
  cacheBytesMax: number;
  cacheTtlMs: number;
  /** The stores keep it from their beginning on, as they keep `partitions`: another one is refused. */
  window: WindowSettings;
  /** The origin that the stores were begun with goes before that of `window`, which is then one for new stores. */
  reuseWindowOrigin: boolean;
  /** A window closes this long after its end, by event time, so that readings on their way are not late. */
  allowedLatenessMs: number;
  leaseTtlMs: number;
  /** Readings a second that one device may send in the long run, and at once. */
  deviceRatePerSecond: number;
  deviceBurst: number;
  instanceRatePerSecond: number;
  instanceBurst: number;
  connectionsMax: number;
  /** Requests a second that one person or machine may make of the API in the long run, and at once. */
  apiRatePerSecond: number;
  apiBurst: number;
  /** An append starts at most this long after the first reading that waits for it. */
  appendLingerMs: number;
  appendBatchReadingsMax: number;
  /** Frames that may wait for the log, in bytes; above it devices are told `busy`. */
  appendQueueBytesMax: number;
  /**
   * Entries that the log may hold before it is full. An entry is what one append had for one partition: 1 to
   * `appendBatchReadingsMax` readings. With the cache off there is no log, and no bound but `retention.readingsMs`.
   */
  logEntriesMax: number;
  /** The built-in model that assesses, unless `modelFile` names a file. */
  model: string;
  modelFile?: string;
  /** A file of another model that runs beside: in shadow, or rolled out over the patients. */
  candidateFile?: string;
  candidateUse: 'shadow' | 'roll-out';
  futureLimitMs: number;
  /** How long a draining instance spreads its devices' reconnects. */
  drainSpreadMs: number;
  /** Packets that may wait for one viewer; above it the viewer gets latest values only. */
  viewerQueuePacketsMax: number;
  retention: Retention;
  insights: InsightSettings;
  /** Begins this update wave, or goes on with it; without one the wave in the store goes on. */
  updateWave?: AskedWave;
}

export const SERVER_SETTINGS_DEFAULT: Readonly<
  Omit<ServerSettings, 'tokenSecret' | 'dataFolder' | 'instance'>
> = {
  host: '127.0.0.1',
  port: 8080,
  roles: SERVER_ROLES,
  redisPrefix: 'gaitway',
  mongoPrefix: '',
  durability: 'process',
  partitions: 16,
  cache: 'on',
  cacheBytesMax: 64 * 1024 * 1024,
  cacheTtlMs: 30_000,
  window: WINDOW_SETTINGS_DEFAULT,
  reuseWindowOrigin: false,
  allowedLatenessMs: 1000,
  leaseTtlMs: 5000,
  deviceRatePerSecond: 20,
  deviceBurst: 60,
  instanceRatePerSecond: 30_000,
  instanceBurst: 60_000,
  connectionsMax: 110_000,
  apiRatePerSecond: 100,
  apiBurst: 200,
  appendLingerMs: 10,
  appendBatchReadingsMax: 1000,
  appendQueueBytesMax: 32 * 1024 * 1024,
  logEntriesMax: 2_000_000,
  model: MODEL_VERSION,
  candidateUse: 'shadow',
  futureLimitMs: FUTURE_LIMIT_MS,
  drainSpreadMs: 5000,
  viewerQueuePacketsMax: 256,
  retention: RETENTION_DEFAULT,
  insights: INSIGHT_SETTINGS_DEFAULT,
};
