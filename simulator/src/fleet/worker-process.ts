import { realClock } from '@gaitway/reference-server/real-clock';
import { createStageTimer, type StageCpu } from '@gaitway/reference-server/stage-timer';
import { mintToken } from '@gaitway/reference-server/tokens';
import { openLedgerFile } from '../ledger/ledger-files.ts';
import { LedgerWriter } from '../ledger/ledger-writer.ts';
import { LeanTransport } from '../transport/lean/lean-transport.ts';
import { OfficialTransport } from '../transport/official/official-transport.ts';
import { HttpImages } from '../update/http-images.ts';
import { Fleet } from './fleet.ts';
import {
  bootOf,
  type FleetPlan,
  ledgerWorkers,
  planPhases,
  tokenSeconds,
  twinSchedule,
} from './fleet-plan.ts';
import type { ToProcess } from './messages.ts';
import { createPopulation } from './population.ts';
import { connectToCoordinator, reportEverySecond } from './process-report.ts';
import { targetsOf } from './targets.ts';
import { WAKE_EVERY_MS } from './timer-wheel.ts';
import { fleetTwinSettings } from './twin-settings.ts';
import { stagedClock, stagedLedger, stagedTransport, stagedTwin, stagedValues } from './worker-stages.ts';

/** One worker process: plays its share of the plan, reports once a second, hands over its end and leaves. */
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

function play(plan: FleetPlan, worker: number): Fleet {
  const { runId, seed, patients, workers, window, ledgerFolder } = plan;
  const ledgerParts = ledgerWorkers(plan);
  const population = createPopulation(seed, plan.slotMs, plan.cohort);
  const timer = createStageTimer(() => clock.monotonicMs());
  const Twin = stagedTwin(timer);
  const transport = plan.transport === 'lean' ? new LeanTransport(clock) : new OfficialTransport(clock);
  const ledger = new LedgerWriter({
    ...{ runId, seed, window, patients, worker, workers: ledgerParts },
    patientId: (index) => population.personAt(index).patient,
    readings: openLedgerFile(ledgerFolder, 'readings', worker, ledgerParts),
    frames: openLedgerFile(ledgerFolder, 'frames', worker, ledgerParts),
  });
  const playing = new Fleet({
    clock: stagedClock(clock, timer),
    transport: stagedTransport(transport, timer),
    targets: targetsOf(plan.urls, plan.sourceAddresses),
    share: { worker, workers },
    schedule: twinSchedule(plan),
    phases: planPhases(plan),
    lateMs: plan.tightestLatencySloMs,
    wakeEveryMs: WAKE_EVERY_MS,
    tokenOf: (index) =>
      mintToken(
        { role: 'device', ...population.personAt(index) },
        plan.tokenSecret,
        tokenSeconds(plan),
        clock.epochMs(),
      ),
    createTwin: (index, hooks) =>
      new Twin(
        population.personAt(index).device,
        bootOf(plan),
        fleetTwinSettings(population.placementOf(index)),
        hooks,
      ),
    eventOf: stagedValues(
      (index: number, slot: number, firstSlot: number) => population.eventOf(index, slot, firstSlot),
      timer,
    ),
    valuesOf: stagedValues((index, slot) => population.valuesOf(index, slot), timer),
    ledger: stagedLedger(ledger, timer),
    images: new HttpImages(),
    ...(plan.updateFaults ? { updateFaults: plan.updateFaults } : {}),
    ...(plan.backoff ? { backoff: plan.backoff } : {}),
  });
  playing.start();
  const stopReports = reportEverySecond(clock, (report) => {
    void send({ kind: 'fleet', snapshot: playing.snapshot(), report });
    // Of a run that is killed a second of the ledger is missing, and no more, however small the run.
    ledger.flush();
  });
  let stages: StageCpu[] = [];
  playing.ending = () => {
    // At the moment at which the last report says what CPU the process used: the two are held together.
    stages = timer.stages();
    stopReports();
  };
  playing.finished.then(
    (end) => void send({ kind: 'fleetEnd', end, stages }).then(() => process.exit(0)),
    (error: unknown) => {
      throw error;
    },
  );
  return playing;
}

void send({ kind: 'ready' });
