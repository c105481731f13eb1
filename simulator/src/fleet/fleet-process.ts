import type { StageCpu } from '@gaitway/reference-server';
import { realClock } from '@gaitway/reference-server/real-clock';
import { mintToken } from '@gaitway/reference-server/tokens';
import type { CanariesEnd } from '../canaries/canary-counts.ts';
import { openLedgerFile } from '../ledger/ledger-files.ts';
import { LedgerWriter } from '../ledger/ledger-writer.ts';
import { LeanTransport } from '../transport/lean/lean-transport.ts';
import { OfficialTransport } from '../transport/official/official-transport.ts';
import { HttpImages } from '../update/http-images.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { type FleetPlan, ledgerWorkers, planPhases, tokenSeconds } from './fleet-plan.ts';
import type { ToProcess } from './messages.ts';
import { personAt } from './population.ts';
import { connectToCoordinator, reportEverySecond } from './process-report.ts';
import { targetsOf } from './targets.ts';
import { WAKE_EVERY_MS } from './timer-wheel.ts';

/** What every process that plays devices has, and may put something around. */
export type SharedParts = Pick<FleetOptions, 'clock' | 'transport' | 'ledger'>;

/** The devices of one process. */
export interface PlayedDevices {
  options: Pick<
    FleetOptions,
    'share' | 'schedule' | 'createTwin' | 'createSession' | 'valuesOf' | 'eventOf'
  > &
    Partial<SharedParts>;
  /** What each of their stages has used until now. */
  stages?(): StageCpu[];
  /** What is told of them besides what is told of every device. */
  canaries?(): CanariesEnd;
}

/** Makes them. `found` tells of something that makes the run invalid. */
export type MakeDevices = (
  plan: FleetPlan,
  worker: number,
  shared: SharedParts,
  found: (says: string) => void,
) => PlayedDevices;

/**
 * A process that plays a part of a plan's devices: it says that it is ready when `prepare` is done, plays, reports once a
 * second, hands over its end and leaves.
 */
export function serveFleet(prepare: () => MakeDevices): void {
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
  const makeDevices = prepare();

  function play(plan: FleetPlan, worker: number): Fleet {
    const ledger = ledgerOf(plan, worker);
    const transport =
      plan.transport === 'lean' ? new LeanTransport(realClock) : new OfficialTransport(realClock);
    const shared: SharedParts = { clock: realClock, transport, ledger };
    const found = (says: string) => void send({ kind: 'found', says });
    const devices = makeDevices(plan, worker, shared, found);
    const playing = new Fleet({
      ...shared,
      targets: targetsOf(plan.urls, plan.sourceAddresses),
      phases: planPhases(plan),
      lateMs: plan.tightestLatencySloMs,
      wakeEveryMs: WAKE_EVERY_MS,
      tokenOf: (index) => tokenOf(plan, index),
      images: new HttpImages(),
      ...(plan.updateFaults ? { updateFaults: plan.updateFaults } : {}),
      ...(plan.backoff ? { backoff: plan.backoff } : {}),
      ...devices.options,
    });
    playing.start();
    const stopReports = reportEverySecond(realClock, (report) => {
      void send({ kind: 'fleet', snapshot: playing.snapshot(), report });
      // Of a run that is killed a second of the ledger is missing, and no more, however small the run.
      ledger.flush();
    });
    let stages: StageCpu[] = [];
    playing.ending = () => {
      // At the moment at which the last report says what CPU the process used: the two are held together.
      stages = devices.stages?.() ?? [];
      stopReports();
    };
    playing.finished.then(
      (end) => {
        const canaries = devices.canaries?.();
        void send({ kind: 'fleetEnd', end, stages, ...(canaries ? { canaries } : {}) }).then(() =>
          process.exit(0),
        );
      },
      (error: unknown) => {
        throw error;
      },
    );
    return playing;
  }

  void send({ kind: 'ready' });
}

function ledgerOf(plan: FleetPlan, worker: number): LedgerWriter {
  const { runId, seed, patients, window, ledgerFolder } = plan;
  const workers = ledgerWorkers(plan);
  return new LedgerWriter({
    ...{ runId, seed, window, patients, worker, workers },
    patientId: (index) => personAt(index).patient,
    readings: openLedgerFile(ledgerFolder, 'readings', worker, workers),
    frames: openLedgerFile(ledgerFolder, 'frames', worker, workers),
  });
}

function tokenOf(plan: FleetPlan, index: number): string {
  const claims = { role: 'device' as const, ...personAt(index) };
  return mintToken(claims, plan.tokenSecret, tokenSeconds(plan), realClock.epochMs());
}
