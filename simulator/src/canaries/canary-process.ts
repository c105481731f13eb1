import { SAMPLE_RATE_HZ } from '@gaitway/contract';
import { FirmwareHangs } from '@gaitway/firmware/board';
import { realClock } from '@gaitway/reference-server/real-clock';
import { mintToken } from '@gaitway/reference-server/tokens';
import { Fleet } from '../fleet/fleet.ts';
import {
  bootOf,
  canaryShare,
  type FleetPlan,
  ledgerWorkers,
  planPhases,
  planSchedule,
  tokenSeconds,
} from '../fleet/fleet-plan.ts';
import type { ToProcess } from '../fleet/messages.ts';
import { personAt } from '../fleet/population.ts';
import { connectToCoordinator, reportEverySecond } from '../fleet/process-report.ts';
import { targetsOf } from '../fleet/targets.ts';
import { WAKE_EVERY_MS } from '../fleet/timer-wheel.ts';
import { openLedgerFile } from '../ledger/ledger-files.ts';
import { LedgerWriter } from '../ledger/ledger-writer.ts';
import { ReadingSource } from '../patients/readings.ts';
import { LeanTransport } from '../transport/lean/lean-transport.ts';
import { OfficialTransport } from '../transport/official/official-transport.ts';
import { HttpImages } from '../update/http-images.ts';
import { CanaryCounts } from './canary-counts.ts';
import { canariesIn } from './canary-fleet.ts';
import { readFirmware } from './firmware-image.ts';
import { samplesOfSlots } from './slot-samples.ts';
import { wireTrace } from './wire-trace.ts';

/**
 * The canaries of a run, in a process of their own: boards that cannot keep real time delay no twin. It is given the
 * file of their program, and says that it is ready when the program was translated and run for a while: the first
 * slots cost ten times what the later ones do.
 */
const clock = realClock;
let fleet: Fleet | undefined;

const send = connectToCoordinator((message: ToProcess) => {
  switch (message.kind) {
    case 'play':
      fleet = play(message.plan, message.worker);
      break;
    case 'interrupt':
      fleet?.interrupt();
      break;
    case 'end':
      fleet?.end();
      break;
  }
});

const WARM_UP_SECONDS = 20;
const { program } = readFirmware(process.argv[2]);
warmUp();

/** One board alone, in emulated time. Boards of one program share what was made of it. */
function warmUp(): void {
  const readings = new ReadingSource(0);
  const ticks = WARM_UP_SECONDS * SAMPLE_RATE_HZ;
  const samples = samplesOfSlots((slot) => readings.samplesOf(0, slot), readings.samplesPerSlot);
  const trace = wireTrace({ program, samples, ticks, startMs: 0 });
  try {
    while (trace.next().done !== true);
  } catch (error) {
    // In the run each chip is noticed by itself.
    if (!(error instanceof FirmwareHangs)) throw error;
  }
}

function play(plan: FleetPlan, worker: number): Fleet {
  const { runId, seed, patients, window, ledgerFolder } = plan;
  const workers = ledgerWorkers(plan);
  const counts = new CanaryCounts((says) => void send({ kind: 'found', says }));
  const ledger = new LedgerWriter({
    ...{ runId, seed, window, patients, worker, workers },
    patientId: (index) => personAt(index).patient,
    readings: openLedgerFile(ledgerFolder, 'readings', worker, workers),
    frames: openLedgerFile(ledgerFolder, 'frames', worker, workers),
  });
  const readings = new ReadingSource(seed, {
    slotMs: plan.slotMs,
    ...(plan.cohort ? { cohort: plan.cohort } : {}),
  });
  const playing = new Fleet({
    clock,
    transport: plan.transport === 'lean' ? new LeanTransport(clock) : new OfficialTransport(clock),
    targets: targetsOf(plan.urls, plan.sourceAddresses),
    share: canaryShare(plan),
    schedule: planSchedule(plan),
    phases: planPhases(plan),
    lateMs: plan.tightestLatencySloMs,
    wakeEveryMs: WAKE_EVERY_MS,
    tokenOf: (index) =>
      mintToken(
        { role: 'device', ...personAt(index) },
        plan.tokenSecret,
        tokenSeconds(plan),
        clock.epochMs(),
      ),
    ...canariesIn({
      program,
      boot: bootOf(plan),
      deviceOf: (index) => personAt(index).device,
      placementOf: (index) => readings.placementOf(index),
      samplesOf: (index, slot) => readings.samplesOf(index, slot),
      pulsesOf: (index, slot) => readings.pulsesOf(index, slot),
      counts,
    }),
    ledger,
    images: new HttpImages(),
    ...(plan.updateFaults ? { updateFaults: plan.updateFaults } : {}),
    ...(plan.backoff ? { backoff: plan.backoff } : {}),
  });
  playing.start();
  const stopReports = reportEverySecond(clock, (report) => {
    void send({ kind: 'fleet', snapshot: playing.snapshot(), report });
    ledger.flush();
  });
  playing.ending = stopReports;
  playing.finished.then(
    (end) =>
      void send({ kind: 'fleetEnd', end, stages: [], canaries: counts.end(plan.canaries!.devices) }).then(
        () => process.exit(0),
      ),
    (error: unknown) => {
      throw error;
    },
  );
  return playing;
}

void send({ kind: 'ready' });
