import type { Program } from '@gaitway/firmware/board';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { Fleet, type FleetEnd, type FleetOptions } from '../fleet/fleet.ts';
import { phasesOf } from '../fleet/phases.ts';
import type { Schedule } from '../fleet/schedule.ts';
import { KeepingServer } from '../fleet/testing/memory-fleet.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readLedger } from '../ledger/ledger-reader.ts';
import { MemoryLedgerFile } from '../ledger/ledger-sink.ts';
import { LedgerWriter } from '../ledger/ledger-writer.ts';
import { deviceOf, patientId } from '../patients/identity.ts';
import { ReadingSource } from '../patients/readings.ts';
import type { LinkFaults } from '../transport/memory/link-faults.ts';
import { MemoryTransport } from '../transport/memory/memory-transport.ts';
import type { ImageSource } from '../update/image-source.ts';
import type { UpdateFaultShares } from '../update/update-faults.ts';
import { CanaryCounts } from './canary-counts.ts';
import { canariesIn } from './canary-fleet.ts';
import type { CanarySession } from './canary-session.ts';
import { readFirmware } from './firmware-image.ts';
import { wearableFile } from './wearable-file.ts';

const START_EPOCH_MS = Date.parse('2026-03-01T12:00:00Z');
export const SEED = 7;
export const BOOT = 9;
export const TEST_IMAGE = readFirmware(wearableFile('wearable-test')).program;

/** The program without its watchdog: every `sts WDTCSR, r` is nothing. */
export function withoutWatchdog({ words, bytes }: Program): Program {
  const without = words.slice();
  let found = 0;
  for (let at = 0; at + 1 < without.length; at++) {
    if ((without[at]! & 0xfe0f) !== 0x9200 || without[at + 1] !== 0x60) continue;
    without.fill(0, at, at + 2);
    found++;
  }
  if (found === 0) throw new Error('the program has no watchdog to take away');
  return { words: without, bytes };
}

/** The program whose hang leaves interrupts on: its timer ticks, and nothing else happens. */
export function hangingWithInterrupts({ words, bytes }: Program): Program {
  const changed = words.slice();
  let found = 0;
  for (let at = 0; at + 1 < changed.length; at++) {
    // `cli`, and the loop to itself.
    if (changed[at] !== 0x94f8 || changed[at + 1] !== 0xcfff) continue;
    changed[at] = 0;
    found++;
  }
  if (found === 0) throw new Error('the program has no hang to leave interrupts on in');
  return { words: changed, bytes };
}

export interface PlayedLoad {
  ends: FleetEnd;
  server: KeepingServer;
  ledger: Ledger;
  counts: CanaryCounts;
  clock: VirtualClock;
  schedule: Schedule;
  readings: ReadingSource;
  /** What was found to make the run invalid. */
  found: string[];
}

export interface Load {
  devices: number;
  measureMs?: number;
  drainMs?: number;
  slotMs?: number;
  faults?: LinkFaults;
  program?: Program;
  images?: ImageSource;
  updateFaults?: UpdateFaultShares;
  strideTicks?: number;
  /** What the devices are, if they are no canaries. */
  twins?: Pick<FleetOptions, 'createTwin' | 'valuesOf' | 'eventOf'>;
  /** Who wears the canaries, if not the people of the seed. */
  people?: Pick<ReadingSource, 'placementOf' | 'samplesOf' | 'pulsesOf'>;
  /** Something that happens at a moment, in ms from the first slots on. */
  at?: [
    atMs: number,
    happens: (sessions: CanarySession[], all: { server: KeepingServer; transport: MemoryTransport }) => void,
  ][];
}

/** A fleet of canaries, or of twins, with a ledger, in virtual time. */
export async function playLoad(load: Load): Promise<PlayedLoad> {
  const { devices, measureMs = 30_000, drainMs = 20_000, slotMs = 5000 } = load;
  const clock = new VirtualClock({ startEpochMs: START_EPOCH_MS });
  const server = new KeepingServer();
  const connectMs = 2000;
  const startMs = START_EPOCH_MS + connectMs;
  const schedule = { seed: SEED, devices, startMs, slotMs, connectMs };
  const transport = new MemoryTransport({
    ...{ clock, seed: SEED, serverOf: () => server },
    ...(load.faults ? { faults: load.faults } : {}),
  });
  const files = ['readings', 'frames'].map((name) => new MemoryLedgerFile(name)) as [
    MemoryLedgerFile,
    MemoryLedgerFile,
  ];
  const readings = new ReadingSource(SEED, { slotMs });
  const people = load.people ?? readings;
  const found: string[] = [];
  const counts = new CanaryCounts((says) => found.push(says));
  const canaries = canariesIn({
    ...{ program: load.program ?? TEST_IMAGE, boot: BOOT, deviceOf, counts },
    ...(load.strideTicks === undefined ? {} : { strideTicks: load.strideTicks }),
    placementOf: (index) => people.placementOf(index),
    samplesOf: (index, slot) => people.samplesOf(index, slot),
    pulsesOf: (index, slot) => people.pulsesOf(index, slot),
  });
  const sessions: CanarySession[] = [];
  const fleet = new Fleet({
    ...{ clock, transport, schedule, lateMs: 200 },
    targets: [{ url: 'http://a' }],
    share: { worker: 0, workers: 1 },
    ...(load.images ? { images: load.images } : {}),
    ...(load.updateFaults ? { updateFaults: load.updateFaults } : {}),
    phases: phasesOf(startMs, { connectMs, warmUpMs: slotMs, measureMs, drainMs }),
    tokenOf: (index) => `device ${index}`,
    ...(load.twins ?? {
      ...canaries,
      createSession: (...device) => {
        const session = canaries.createSession(...device) as CanarySession;
        sessions.push(session);
        return session;
      },
    }),
    ledger: new LedgerWriter({
      ...{ runId: 'canaries', seed: SEED, patients: devices, worker: 0, workers: 1 },
      window: { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 60_000 },
      patientId,
      ...{ readings: files[0], frames: files[1] },
    }),
  });
  fleet.start();
  for (const [atMs, happens] of load.at ?? [])
    clock.setTimer(connectMs + atMs, () => happens(sessions, { server, transport }));
  const ends = await clock.runWhile(fleet.finished, 3_600_000);
  return { ends, server, ledger: readLedger(files), counts, clock, schedule, readings, found };
}
