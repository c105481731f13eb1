import { WINDOW_SETTINGS_DEFAULT } from '@gaitway/contract';
import { Twin } from '@gaitway/firmware';
import { mintToken, realClock } from '@gaitway/reference-server';
import {
  createPopulation,
  FLEET_TWIN_SETTINGS,
  Fleet,
  LeanTransport,
  LedgerWriter,
  openLedgerFile,
  phasesOf,
  WAKE_EVERY_MS,
} from '@gaitway/simulator';

/** What this process is asked to play. */
export interface WholeDeviceOrder {
  type: 'play';
  url: string;
  patients: number;
  slotMs: number;
  warmUpSeconds: number;
  seconds: number;
  /** For the ledger. */
  folder: string;
  tokenSecret: string;
}

export interface WholeDeviceFigures {
  type: 'played';
  acknowledged: number;
  notSentOnTime: number;
  cpuMicrosPerReading: number;
  /** The part of it that the kernel spent on this process's behalf: socket calls and wake-ups. */
  systemCpuMicrosPerReading: number;
  /** JavaScript heap and buffers that a connected device adds, with twin, ledger and transport, kB. */
  heapKbPerDevice: number;
}

const CONNECT_MS = 5000;
const LEAD_MS = 500;
/** Of the measured phase, before CPU is read: code that runs only there is compiled by then. */
const SETTLE_MS = 2000;
const SEED = 7;

async function play(order: WholeDeviceOrder): Promise<void> {
  const { patients, slotMs, folder, tokenSecret } = order;
  const clock = realClock;
  const window = WINDOW_SETTINGS_DEFAULT;
  const population = createPopulation(SEED, slotMs);
  const before = await bytesInUse();
  const startMs = Math.ceil(clock.epochMs() + LEAD_MS + CONNECT_MS);
  const measureMs = order.seconds * 1000;
  const phases = phasesOf(startMs, {
    connectMs: CONNECT_MS,
    warmUpMs: order.warmUpSeconds * 1000,
    measureMs,
    drainMs: 10_000,
  });
  const fleet = new Fleet({
    clock,
    transport: new LeanTransport(clock),
    targets: [{ url: order.url }],
    share: { worker: 0, workers: 1 },
    schedule: { seed: SEED, devices: patients, startMs, slotMs, connectMs: CONNECT_MS },
    phases,
    lateMs: 200,
    wakeEveryMs: WAKE_EVERY_MS,
    tokenOf: (index) =>
      mintToken({ role: 'device', ...population.personAt(index) }, tokenSecret, 3600, clock.epochMs()),
    createTwin: (index, hooks) => new Twin(population.personAt(index).device, 1, FLEET_TWIN_SETTINGS, hooks),
    valuesOf: (index, slot) => population.valuesOf(index, slot),
    eventOf: (index, slot, firstSlot) => population.eventOf(index, slot, firstSlot),
    ledger: new LedgerWriter({
      ...{ runId: 'bench', seed: SEED, window, patients, worker: 0, workers: 1 },
      patientId: (index) => population.personAt(index).patient,
      readings: openLedgerFile(folder, 'readings', 0, 1),
      frames: openLedgerFile(folder, 'frames', 0, 1),
    }),
  });
  fleet.start();
  // Well before CPU is read: a forced collection also throws away compiled code (`--trace-deopt` shows it), which
  // is then compiled again.
  await until(startMs + slotMs);
  const loaded = await bytesInUse();
  await until(phases.measureFromMs + SETTLE_MS);
  const cpu = process.cpuUsage();
  const acknowledged = fleet.counters.all.acknowledged;
  await until(phases.measureToMs - 100);
  const { user, system } = process.cpuUsage(cpu);
  const readings = fleet.counters.all.acknowledged - acknowledged;
  const end = await fleet.finished;
  const played: WholeDeviceFigures = {
    type: 'played',
    acknowledged: end.counters.measured.acknowledged,
    notSentOnTime: end.counters.measured.notSentOnTime,
    cpuMicrosPerReading: (user + system) / readings,
    systemCpuMicrosPerReading: system / readings,
    heapKbPerDevice: (loaded - before) / 1024 / patients,
  };
  process.send?.(played);
}

/** After two collections, so that what is merely not collected yet does not count. */
async function bytesInUse(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function until(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - Date.now())));
}

process.on('message', (order: WholeDeviceOrder) => void play(order));
process.on('disconnect', () => process.exit());
