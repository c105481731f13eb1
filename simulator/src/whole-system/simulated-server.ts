import type { Clock, WindowSettings } from '@gaitway/contract';
import {
  type Archive,
  type AskedWave,
  type FanOut,
  MemoryArchive,
  MemoryFanOut,
  MemoryPartitionLeases,
  MemoryReadingLog,
  MemoryWaveStore,
  PROCESSOR_SETTINGS_DEFAULT,
  type ReadingLog,
  SERVER_SETTINGS_DEFAULT,
} from '@gaitway/reference-server';
import type { MemoryServer } from '../transport/memory/memory-server.ts';
import { GatewayHost } from './gateway-host.ts';
import { ProcessorHost } from './processor-host.ts';
import { ForgetfulLog, LosableLeases, StoreErrors } from './store-faults.ts';

/**
 * What may stand in for a part of the server, or before it: for scenarios, and for servers that are wrong on
 * purpose. Left out: the honest part.
 */
export interface ServerParts {
  /** Log and archive themselves, such as those of `--cache off`, where the log lies in the archive. */
  stores?: { log: ReadingLog; archive: Archive };
  allowedLatenessMs?: number;
  /** The log as one life of a gateway sees it; `clock` is that life's own. */
  gatewayLog?(log: ReadingLog, clock: Clock): ReadingLog;
  /** The log as processors see it. */
  processorLog?(log: ReadingLog): ReadingLog;
  /** The archive as processors see it. */
  processorArchive?(archive: Archive): Archive;
  /** The archive as who reads it afterwards sees it. */
  archiveReadBack?(archive: Archive): Archive;
  gateway?(gateway: MemoryServer): MemoryServer;
  fanOut?(): MemoryFanOut;
}

export interface SimulatedServer {
  log: ForgetfulLog;
  /** What the audit reads. */
  archive: Archive;
  leases: LosableLeases;
  /** What processors ask of `log` and `leases` in vain. */
  storeErrors: StoreErrors;
  fanOut: MemoryFanOut;
  gatewayHosts: GatewayHost[];
  waves: MemoryWaveStore;
  /** What is behind each address. */
  gateways: Map<string, MemoryServer>;
  processors: ProcessorHost[];
  warnings: string[];
}

const PARTITIONS = 8;
const PROCESSORS = 2;
const GATEWAYS = 2;
/** Longer than a real server waits, by far: virtual time costs nothing, and rounds do. */
const APPEND_LINGER_MS = 100;
const POLL_MS = 1000;

/** Two gateways, reading log, two processors, archive and fan-out, from the stages that run for real. */
export function createSimulatedServer(options: {
  clock: Clock;
  seed: number;
  window: WindowSettings;
  parts: ServerParts;
  wave?: AskedWave | undefined;
}): SimulatedServer {
  const { clock, seed, window, parts, wave } = options;
  const waves = new MemoryWaveStore();
  const warnings: string[] = [];
  const warn = (says: string) => warnings.push(says);
  const { log: kept, archive } = parts.stores ?? storesInMemory();
  const log = new ForgetfulLog(kept, seed);
  const fanOut = parts.fanOut?.() ?? new MemoryFanOut();
  const leases = new LosableLeases(new MemoryPartitionLeases(clock));
  const storeErrors = new StoreErrors(seed);
  const gatewayHosts = Array.from(
    { length: GATEWAYS },
    (_, index) =>
      new GatewayHost({
        ...{ seed: seed + index, clock, log, fanOut, warn, waves, wave },
        settings: { ...SERVER_SETTINGS_DEFAULT, appendLingerMs: APPEND_LINGER_MS },
        logOf: parts.gatewayLog ?? ((honest) => honest),
      }),
  );
  const processors = Array.from(
    { length: PROCESSORS },
    (_, index) =>
      new ProcessorHost({
        ...{ name: `processor-${index}`, seed: seed + index, clock, fanOut: fanOut as FanOut, warn },
        log: storeErrors.logOf(parts.processorLog?.(log) ?? log),
        leases: storeErrors.leasesOf(leases),
        archive: parts.processorArchive?.(archive) ?? archive,
        settings: {
          ...PROCESSOR_SETTINGS_DEFAULT,
          pollMs: POLL_MS,
          window,
          allowedLatenessMs: parts.allowedLatenessMs ?? SERVER_SETTINGS_DEFAULT.allowedLatenessMs,
          leaseTtlMs: SERVER_SETTINGS_DEFAULT.leaseTtlMs,
        },
      }),
  );
  return {
    log,
    archive: parts.archiveReadBack?.(archive) ?? archive,
    leases,
    storeErrors,
    fanOut,
    gatewayHosts,
    waves,
    gateways: new Map(
      gatewayHosts.map((host, index) => [`memory://gateway-${index}`, parts.gateway?.(host) ?? host]),
    ),
    processors,
    warnings,
  };
}

/** A reading log and an archive of this process. */
export function storesInMemory(): NonNullable<ServerParts['stores']> {
  return {
    // Links hand over copies: nobody else writes into them.
    log: new MemoryReadingLog({
      partitions: PARTITIONS,
      entriesMax: SERVER_SETTINGS_DEFAULT.logEntriesMax,
      ownsRecords: true,
    }),
    archive: new MemoryArchive(),
  };
}
