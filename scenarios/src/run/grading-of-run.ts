import type { Alert, RunGrades, WindowDocument } from '@gaitway/contract';
import {
  alertsByPatient,
  assessmentsByWindow,
  type FleetPlan,
  type FleetResult,
  gradedAlerts,
  gradesOf,
  type Ledger,
  notGraded,
  personAt,
  ReadingSource,
  RunGrader,
  type ToldModel,
  truthOfRun,
  watchedPatients,
  withComputedScores,
  withFaultsOf,
} from '@gaitway/simulator';
import type { DocumentsTaken } from './audit-of-run.ts';

/**
 * Grades a run while its archive is audited. `alerts`: those that the archive has, where it tells. `notClosed`: why open
 * windows were not closed, where they were not. `told`: what the target said of its model before the run.
 */
export class GradingOfRun implements DocumentsTaken {
  private readonly graderOf: (ledger?: Ledger) => RunGrader;
  private grader: RunGrader;
  private readonly told: ToldModel | undefined;
  private because: string | undefined;

  constructor(
    plan: FleetPlan,
    fleet: FleetResult,
    alerts: readonly Alert[] | undefined,
    notClosed: string | undefined,
    told?: ToldModel,
  ) {
    const { seed, patients, slotMs, startMs } = plan;
    const { measureFromMs, measureToMs } = fleet.phases;
    const cohort = plan.cohort ? { cohort: plan.cohort } : {};
    const readings = new ReadingSource(seed, { slotMs, ...cohort });
    const canaries = plan.canaries?.devices ?? 0;
    const watched = watchedPatients(plan.viewers, seed, patients, personAt);
    const truth = truthOfRun(
      {
        ...{ seed, patients, slotMs, startMs, measureFromMs, measureToMs, ...cohort },
        windowMs: plan.window.windowMs,
      },
      undefined,
      {
        eventOf: (index, slot) => readings.eventOf(index, slot),
        isWatched: (index) => watched(personAt(index)),
      },
    );
    const sights = fleet.observations?.alerts ?? [];
    const beside = {
      ...{ alertsOf: gradedAlerts(alerts, sights), sightsOf: alertsByPatient(sights), told },
      assessedSeen: assessmentsByWindow(fleet.observations?.assessments ?? []),
    };
    this.graderOf = (ledger) =>
      new RunGrader(
        ledger ? withComputedScores(ledger, withFaultsOf(ledger, truth), { readings, canaries }) : truth,
        beside,
      );
    this.grader = this.graderOf();
    this.told = told;
    this.because = whyNot(fleet.counters.commands.rate ?? 0, notClosed);
  }

  noted(ledger: Ledger): void {
    this.grader = this.graderOf(ledger);
  }

  take(document: WindowDocument): void {
    this.grader.take(document);
  }

  unread(because: string): void {
    this.because ??= because;
  }

  finish(): RunGrades {
    const { told } = this;
    return this.because === undefined ? gradesOf(this.grader.finish(), told) : notGraded(this.because, told);
  }
}

/** Why a run cannot be graded, whatever its archive holds; `undefined`: it can. */
export function whyNot(rateCommands: number, notClosed: string | undefined): string | undefined {
  if (rateCommands > 0)
    return 'the server told devices another rate: their slots are not those of which the truth is known';
  return notClosed === undefined ? undefined : `open windows were not closed (${notClosed})`;
}
