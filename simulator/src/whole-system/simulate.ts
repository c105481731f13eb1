import {
  addToDigest,
  type Digest,
  emptyDigest,
  formatDigest,
  type WindowDocument,
  type WindowSettings,
} from '@gaitway/contract';
import { Twin } from '@gaitway/firmware';
import type { Program } from '@gaitway/firmware/board';
import { type AskedWave, SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server';
import { alertsByPatient } from '../audit/alert-sights.ts';
import { audit } from '../audit/audit.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { sumCounters } from '../fleet/counters.ts';
import type { DeviceSession } from '../fleet/device-session.ts';
import { Fleet } from '../fleet/fleet.ts';
import { phasesOf } from '../fleet/phases.ts';
import { createPopulation, type Population } from '../fleet/population.ts';
import { fleetTwinSettings } from '../fleet/twin-settings.ts';
import { ArchiveLooks } from '../grade/archive-looks.ts';
import { allAlerts, gradedAlerts } from '../grade/archived-alerts.ts';
import { builtInTold } from '../grade/built-in-told.ts';
import { withComputedScores } from '../grade/computed-scores.ts';
import { withFaultsOf } from '../grade/reported-faults.ts';
import { RunGrader } from '../grade/run-grader.ts';
import { truthOfRun } from '../grade/run-truth.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { readLedger } from '../ledger/ledger-reader.ts';
import { MemoryLedgerFile } from '../ledger/ledger-sink.ts';
import { LedgerWriter } from '../ledger/ledger-writer.ts';
import type { Cohort } from '../patients/cohort.ts';
import { MemoryTransport } from '../transport/memory/memory-transport.ts';
import type { UpdateFaultShares } from '../update/update-faults.ts';
import { ArchiveDigest } from './archive-digest.ts';
import { type Cell, populationOf } from './cells.ts';
import { closeOpenWindows } from './close-open-windows.ts';
import { faultsOf } from './counted-faults.ts';
import { DeviceReports } from './device-reports.ts';
import { planFaults } from './fault-plan.ts';
import { simulatedCanaries } from './simulated-canaries.ts';
import { simulatedImages } from './simulated-images.ts';
import { createSimulatedServer, type ServerParts, type SimulatedServer } from './simulated-server.ts';
import { simulatedToken } from './simulated-token.ts';
import { SIMULATED_VIEWERS, watchSome } from './simulated-viewers.ts';
import { mergeSystems, type SimulationResult, type SystemResult } from './simulation-result.ts';
import type { SystemFaults } from './system-faults.ts';

export interface SimulationOptions {
  seed: number;
  patients: number;
  hours: number;
  faults: SystemFaults;
  /** Workers that the fleet is cut into; the result does not depend on it. */
  workers?: number;
  slotMs?: number;
  /** Who the patients are; left out: `COHORT_DEFAULT`. */
  cohort?: Cohort;
  window?: WindowSettings;
  /** Told about a hundred times, and at least once per simulated hour. */
  progress?: (done: { hours: number; ofHours: number; readings: number }) => void;
  /** Who wears the devices; made from the seed when left out, which takes a few hundred ms. */
  population?: Population;
  /** The last so many patients wear boards that run this program. */
  canaries?: { devices: number; program: Program };
  /** The server offers its devices another version, and these shares of them fail at it. */
  update?: { wave: AskedWave; faults?: UpdateFaultShares };
  /** Stand-ins for parts of the server. */
  parts?: ServerParts;
  /** Called before time begins: sets timers for what shall happen besides the faults. */
  scenario?: (system: SimulatedSystem) => void;
}

/** The parts of a simulation, for scenarios. */
export interface SimulatedSystem {
  clock: VirtualClock;
  transport: MemoryTransport;
  server: SimulatedServer;
  /** When the first slots begin, by the monotonic clock. */
  firstSlotMs: number;
  device(index: number): DeviceSession;
  twin(index: number): Twin;
}

/** Simulated time begins here, whenever the simulation runs. */
const START_EPOCH_MS = Date.parse('2026-01-05T00:00:00Z');
const CONNECT_MS = 10_000;
/** When the first slots of a simulation begin, ms since the epoch. */
export const SIMULATION_START_MS = START_EPOCH_MS + CONNECT_MS;
const DRAIN_MS = 30 * 60_000;
/** Faults end this long before the last reading, so that the end finds a working system. */
const CALM_MS = 60_000;
const FIRST_BOOT = 1;

/**
 * The whole system in one process under virtual time: fleet, two gateways, reading log, two processors,
 * archive, viewers, and the audit at the end. The stages are the ones that run for real; links and stores are
 * in memory. Everything follows from the options: the same ones give the same digests.
 */
export async function simulateSystem(options: SimulationOptions): Promise<SimulationResult> {
  return mergeSystems(options, [await playSystem(options)]);
}

/** One cell of a larger simulation; its patients are those of the whole, made from the seed of the whole. */
export function playCell(cell: Cell, options: SimulationOptions): Promise<SystemResult> {
  const all = options.population ?? createPopulation(options.seed, options.slotMs, options.cohort);
  return playSystem({ ...options, ...cell, population: populationOf(cell, all) });
}

/** As `simulateSystem`, in a form that can be merged with that of other systems. */
async function playSystem(options: SimulationOptions): Promise<SystemResult> {
  const { seed, patients, hours, faults, workers = 1, slotMs = 5000 } = options;
  const window = options.window ?? SERVER_SETTINGS_DEFAULT.window;
  const clock = new VirtualClock({ startEpochMs: START_EPOCH_MS });
  const startMs = SIMULATION_START_MS;
  const measureMs = Math.round(hours * 3_600_000);
  const phases = phasesOf(startMs, { connectMs: CONNECT_MS, warmUpMs: 0, measureMs, drainMs: DRAIN_MS });
  const population = options.population ?? createPopulation(seed, slotMs, options.cohort);
  const server = createSimulatedServer({
    clock,
    seed,
    window,
    parts: options.parts ?? {},
    wave: options.update?.wave,
  });
  const observations = watchSome(server.fanOut, population, patients, clock);
  const looks = new ArchiveLooks(window);
  const everybody = Array.from({ length: patients }, (_, index) => population.personAt(index).patient);
  looks.start(clock, server.archive, everybody, startMs, startMs + measureMs);
  const transport = new MemoryTransport({
    clock,
    seed,
    serverOf: (url) => server.gateways.get(url),
    faults: faults.links,
  });
  const outages = planFaults({
    ...{ clock, transport, server, faults, seed },
    fromMs: CONNECT_MS,
    untilMs: CONNECT_MS + measureMs - CALM_MS,
  });

  const twins: Twin[] = [];
  const reports = new DeviceReports();
  const ledgerFiles: MemoryLedgerFile[] = [];
  const images = simulatedImages({
    ...{ clock, seed, waves: server.waves },
    gatewayOf: (url) => server.gatewayHosts[[...server.gateways.keys()].indexOf(url)],
    failureShare: () => transport.faults.connectFailureShare,
  });
  const { canaries } = options;
  const twinDevices = patients - (canaries?.devices ?? 0);
  const parts = workers + (canaries === undefined ? 0 : 1);
  const fleets = Array.from({ length: parts }, (_, worker) => {
    const isTwins = worker < workers;
    const readings = new MemoryLedgerFile(`readings-${worker}`);
    const frames = new MemoryLedgerFile(`frames-${worker}`);
    ledgerFiles.push(readings, frames);
    const ledger = new LedgerWriter({
      runId: `simulation-${seed}`,
      ...{ seed, window, patients, worker, workers: parts, readings, frames },
      patientId: (index) => population.personAt(index).patient,
    });
    return new Fleet({
      clock,
      transport,
      targets: [...server.gateways.keys()].map((url) => ({ url })),
      share: isTwins ? { worker, workers } : { worker: 0, workers: 1, from: twinDevices },
      schedule: { seed, devices: isTwins ? twinDevices : patients, startMs, slotMs, connectMs: CONNECT_MS },
      phases,
      lateMs: 1000,
      images,
      updateFaults: options.update?.faults ?? {},
      tokenOf: (index) => simulatedToken({ role: 'device', ...population.personAt(index) }),
      createTwin: (index, hooks) => {
        const settings = fleetTwinSettings(population.placementOf(index));
        twins[index] = new Twin(population.personAt(index).device, FIRST_BOOT, settings, hooks);
        return twins[index];
      },
      valuesOf: (index, slot) => population.valuesOf(index, slot),
      eventOf: (index, slot, firstSlot) => population.eventOf(index, slot, firstSlot),
      ...(isTwins
        ? {}
        : simulatedCanaries(
            { program: canaries!.program, boot: FIRST_BOOT, seed, slotMs, cohort: options.cohort },
            population,
          )),
      ledger: reports.noting(ledger),
    });
  });
  for (const fleet of fleets) fleet.start();
  options.scenario?.({
    ...{ clock, transport, server, firstSlotMs: CONNECT_MS },
    device: (index) => fleets[index % workers]!.device(index)!,
    twin: (index) => twins[index]!,
  });
  reportProgress(clock, options, () => fleets.reduce((sum, { counters }) => sum + counters.all.due, 0));

  const limitMs = CONNECT_MS + measureMs + 2 * DRAIN_MS;
  const ends = await clock.runWhile(Promise.all(fleets.map(({ finished }) => finished)), limitMs);
  await closeOpenWindows(server, clock);

  const ledger = readLedger(ledgerFiles);
  const archiveDigest = new ArchiveDigest();
  const { cohort } = options;
  const run = { seed, patients, slotMs, windowMs: window.windowMs, ...phases, ...(cohort && { cohort }) };
  const truth = truthOfRun(run, population, {
    isWatched: (index) => index < SIMULATED_VIEWERS,
    eventOf: (index, slot) => population.eventOf(index, slot, 0),
    // What boards tell besides readings is not noted.
    reportsOf: (index, fromMs, toMs) =>
      index < twinDevices ? reports.between(index, fromMs, toMs) : undefined,
  });
  const alerts = await allAlerts((page) => server.archive.alerts({ scope: {}, ...page }));
  const sights = observations.alerts.all();
  const computed = { readings: population, canaries: options.canaries?.devices ?? 0 };
  const grader = new RunGrader(withComputedScores(ledger, withFaultsOf(ledger, truth), computed), {
    alertsOf: gradedAlerts(alerts, sights),
    sightsOf: alertsByPatient(sights),
    missedIt: (patient, windowStartMs) => looks.missedIt(patient, windowStartMs),
    told: builtInTold(),
  });
  let windows = 0;
  async function* documents(): AsyncIterable<WindowDocument[]> {
    for await (const page of server.archive.scanWindows(0, Number.MAX_SAFE_INTEGER, 1000)) {
      windows += page.length;
      for (const document of page) {
        archiveDigest.add(document);
        grader.take(document);
      }
      yield page;
    }
  }
  const result = await audit(ledger, documents(), { viewers: observations });
  const counters = sumCounters(ends.map((end) => end.counters));
  return {
    readings: result.ledger.made,
    windows,
    fleetDigest: formatDigest(fleetDigestOf(ledger)),
    archiveDigest: formatDigest(archiveDigest.digest),
    audit: result,
    gradeCounts: grader.finish(),
    latencies: ends.map(({ latency }) => latency),
    counters,
    faults: {
      ...faultsOf(server),
      outages,
      retransmitted: counters.retransmitted,
      reconnects: counters.reconnects,
    },
    warnings: server.warnings.length,
    events: clock.events,
  };
}

/** Every frame that a device made ends in one run of the ledger, whose digests add up to that of all of them. */
function fleetDigestOf(ledger: Ledger): Digest {
  const sum = emptyDigest();
  for (const index of ledger.patients()) {
    for (const { digest } of ledger.runsOf(index)) addToDigest(sum, digest.low, digest.high);
  }
  return sum;
}

function reportProgress(
  clock: VirtualClock,
  { hours, progress }: SimulationOptions,
  readings: () => number,
): void {
  if (!progress) return;
  const steps = Math.max(100, Math.ceil(hours));
  for (let step = 1; step <= steps; step++) {
    const at = (hours * step) / steps;
    clock.setTimer(CONNECT_MS + at * 3_600_000, () =>
      progress({ hours: at, ofHours: hours, readings: readings() }),
    );
  }
}
