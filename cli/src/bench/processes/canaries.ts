import { WINDOW_SETTINGS_DEFAULT } from '@gaitway/contract';
import { mintToken, realClock } from '@gaitway/reference-server';
import {
  CanaryCounts,
  canariesIn,
  Fleet,
  LeanTransport,
  LedgerWriter,
  openLedgerFile,
  personAt,
  phasesOf,
  ReadingSource,
  readFirmware,
  WAKE_EVERY_MS,
  warmUp,
} from '@gaitway/simulator';

/** What this process is asked to play. */
export interface CanariesOrder {
  type: 'play';
  url: string;
  canaries: number;
  warmUpSeconds: number;
  seconds: number;
  /** For the ledger. */
  folder: string;
  tokenSecret: string;
}

export interface CanariesFigures {
  type: 'played';
  /** Canaries in real time that one core would carry, by the CPU that these took. */
  perCore: number;
  notSentOnTime: number;
  sendLagP99Ms: number | null;
}

const CONNECT_MS = 2000;
const LEAD_MS = 3000;
const SLOT_MS = 5000;
const SEED = 7;

async function play(order: CanariesOrder): Promise<void> {
  const { canaries, folder, tokenSecret } = order;
  const { program } = readFirmware();
  // As the process of a run's canaries does.
  warmUp(program);
  const clock = realClock;
  const startMs = Math.ceil(clock.epochMs() + LEAD_MS + CONNECT_MS);
  const phases = phasesOf(startMs, {
    connectMs: CONNECT_MS,
    warmUpMs: order.warmUpSeconds * 1000,
    measureMs: order.seconds * 1000,
    drainMs: 5000,
  });
  const readings = new ReadingSource(SEED, { slotMs: SLOT_MS });
  const fleet = new Fleet({
    ...{ clock, phases, lateMs: 200, wakeEveryMs: WAKE_EVERY_MS },
    transport: new LeanTransport(clock),
    targets: [{ url: order.url }],
    share: { worker: 0, workers: 1 },
    schedule: { seed: SEED, devices: canaries, startMs, slotMs: SLOT_MS, connectMs: CONNECT_MS },
    tokenOf: (index) => mintToken({ role: 'device', ...personAt(index) }, tokenSecret, 3600, clock.epochMs()),
    ...canariesIn({
      program,
      boot: 1,
      deviceOf: (index) => personAt(index).device,
      placementOf: (index) => readings.placementOf(index),
      samplesOf: (index, slot) => readings.samplesOf(index, slot),
      pulsesOf: (index, slot) => readings.pulsesOf(index, slot),
      counts: new CanaryCounts(() => {}),
    }),
    ledger: new LedgerWriter({
      ...{ runId: 'bench', seed: SEED, window: WINDOW_SETTINGS_DEFAULT, patients: canaries },
      ...{ worker: 0, workers: 1 },
      patientId: (index) => personAt(index).patient,
      readings: openLedgerFile(folder, 'readings', 0, 1),
      frames: openLedgerFile(folder, 'frames', 0, 1),
    }),
  });
  fleet.start();
  await until(phases.measureFromMs);
  const cpu = process.cpuUsage();
  await until(phases.measureToMs);
  const { user, system } = process.cpuUsage(cpu);
  const { sendLagP99Ms } = fleet.snapshot();
  const end = await fleet.finished;
  const played: CanariesFigures = {
    type: 'played',
    perCore: (canaries * order.seconds) / ((user + system) / 1e6),
    notSentOnTime: end.counters.measured.notSentOnTime,
    sendLagP99Ms,
  };
  process.send?.(played);
}

function until(atMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - Date.now())));
}

process.on('message', (order: CanariesOrder) => void play(order));
process.on('disconnect', () => process.exit());
