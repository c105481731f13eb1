import { SERVER_SETTINGS_DEFAULT as DEFAULT, type ServerSettings } from '@gaitway/reference-server/settings';
import {
  type NumberFlag,
  type NumberKey,
  type NumberLimits,
  numberFlags,
  numberOf,
  withNumbers,
} from './number-flags.ts';

const MEBIBYTE = 1024 * 1024;
const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type ServerNumbers = Omit<ServerSettings, 'tokenSecret' | 'dataFolder' | 'instance'>;

const number = (setting: NumberKey<ServerNumbers>, says: string, limits?: NumberLimits) =>
  numberOf<ServerNumbers>(setting, says, limits);

function kept(
  part: keyof ServerSettings['retention'],
  says: string,
  { per, max }: Pick<NumberFlag<ServerNumbers>, 'per' | 'max'>,
): NumberFlag<ServerNumbers> {
  return {
    ...{ says, per, min: 1, max },
    get: ({ retention }) => retention[part],
    set: (settings, value) => {
      settings.retention = { ...settings.retention, [part]: value };
    },
  };
}

/**
 * What a server can be set to, by the name of its flag. The unit is the end of the name, the default is that of
 * the server itself. What is not a number, or decides more than one thing, is a flag of the command's own.
 */
const NUMBER_FLAGS = {
  partitions: number(
    'partitions',
    'parts that readings are cut into; stores that were begun with another number are refused',
    { max: 1024 },
  ),
  'drain-seconds': number('drainSpreadMs', 'over how long devices are sent elsewhere when it stops', {
    per: SECOND_MS,
    min: 0,
    max: 3600,
  }),
  'allowed-lateness-ms': number(
    'allowedLatenessMs',
    'a window closes this long after its end; what comes later amends it',
    { min: 0, max: HOUR_MS },
  ),
  'future-limit-seconds': number('futureLimitMs', 'a reading that is further ahead of its time is refused', {
    per: SECOND_MS,
    max: 86_400,
  }),
  'lease-seconds': number('leaseTtlMs', 'a processor that is silent for so long loses its partitions', {
    per: SECOND_MS,
    max: 3600,
  }),
  'device-readings-per-second': number('deviceRatePerSecond', 'what one device may send in the long run'),
  'device-burst-readings': number('deviceBurst', 'what one device may send at once'),
  'instance-readings-per-second': number('instanceRatePerSecond', 'what one instance takes in the long run'),
  'instance-burst-readings': number('instanceBurst', 'what one instance takes at once'),
  'connections-max': number('connectionsMax', 'devices and viewers that one instance lets in, each'),
  'api-requests-per-second': number(
    'apiRatePerSecond',
    'requests that one person may make of the API in the long run',
  ),
  'api-burst-requests': number('apiBurst', 'requests that one person may make of the API at once'),
  'append-linger-ms': number('appendLingerMs', 'how long the first reading of a batch waits for others', {
    min: 0,
    max: 10_000,
  }),
  'append-batch-readings': number('appendBatchReadingsMax', 'the most that is appended to the log at once', {
    max: 100_000,
  }),
  'append-queue-mib': number(
    'appendQueueBytesMax',
    'MiB that wait for the log; above it devices are told busy',
    {
      per: MEBIBYTE,
      max: 65_536,
    },
  ),
  'log-entries-max': number(
    'logEntriesMax',
    'entries that the log holds, each of 1 to --append-batch-readings readings; when it is full devices are told busy',
  ),
  'viewer-queue-packets': number(
    'viewerQueuePacketsMax',
    'packets that wait for one viewer; above it only the newest values are sent',
    { max: 1_000_000 },
  ),
  'cache-mib': number('cacheBytesMax', 'MiB that one instance caches, in itself or in Redis', {
    per: MEBIBYTE,
    max: 65_536,
  }),
  'cache-ttl-seconds': number('cacheTtlMs', 'how long what is cached is taken for true', {
    per: SECOND_MS,
    max: 86_400,
  }),
  'keep-readings-hours': kept('readingsMs', 'how long single readings stay (with --cache off)', {
    per: HOUR_MS,
    max: 87_600,
  }),
  'keep-alerts-days': kept('alertsMs', 'how long alerts stay', { per: DAY_MS, max: 36_500 }),
  'keep-medication-days': kept('medicationMs', 'how long medication entries stay', {
    per: DAY_MS,
    max: 36_500,
  }),
  'keep-windows-days': kept('windowsMs', 'how long windows and insights stay', { per: DAY_MS, max: 36_500 }),
} as const satisfies Record<string, NumberFlag<ServerNumbers>>;

export const SERVER_NUMBER_FLAGS = numberFlags(NUMBER_FLAGS, DEFAULT, 'LIMIT');

/** The settings with what these flags say. */
export function withNumberFlags(
  settings: ServerSettings,
  flags: Readonly<Record<keyof typeof NUMBER_FLAGS, number>>,
): ServerSettings {
  return {
    ...settings,
    ...withNumbers<ServerNumbers, keyof typeof NUMBER_FLAGS>(NUMBER_FLAGS, settings, flags),
  };
}
