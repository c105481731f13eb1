import { realClock } from '@gaitway/reference-server/real-clock';
import { mintToken } from '@gaitway/reference-server/tokens';
import { type FleetPlan, planPhases, tokenSeconds } from '../fleet/fleet-plan.ts';
import type { ToProcess } from '../fleet/messages.ts';
import { personAt } from '../fleet/population.ts';
import { connectToCoordinator, reportEverySecond } from '../fleet/process-report.ts';
import { patientSightsOf } from './patient-sights.ts';
import { viewerAt } from './viewer-plan.ts';
import { Viewers } from './viewers.ts';

/**
 * All viewers of a run, in a process of their own: decoding what they see costs more than sending a reading,
 * and must not delay the devices.
 */
const clock = realClock;
let leave: ((measureToMs: number) => Promise<void>) | undefined;

/** Viewers leave when nothing has come for this long, so that the last windows are seen. */
const QUIET_MS = 500;
const SETTLE_MS_MAX = 5000;

const send = connectToCoordinator((message: ToProcess) => {
  switch (message.kind) {
    case 'play':
      leave = play(message.plan);
      break;
    case 'interrupt':
      // Viewers make no load of their own: they stay until the devices are done.
      break;
    case 'leave':
      void leave?.(message.measureToMs);
      break;
  }
});

function play(plan: FleetPlan): (measureToMs: number) => Promise<void> {
  const plans = Array.from({ length: plan.viewers }, (_, i) =>
    viewerAt(i, plan.seed, plan.patients, personAt),
  );
  const wardOf = new Map<string, string>();
  const indexOf = new Map<string, number>();
  const patientsOf = new Map<string, string[]>();
  for (let index = 0; index < plan.patients; index++) {
    const { patient, ward } = personAt(index);
    wardOf.set(patient, ward);
    indexOf.set(patient, index);
    const others = patientsOf.get(ward);
    if (others === undefined) patientsOf.set(ward, [patient]);
    else others.push(patient);
  }
  const viewers = new Viewers({
    clock,
    urls: plan.urls,
    plans,
    phases: planPhases(plan),
    tokenOf: ({ claims }) => mintToken(claims, plan.tokenSecret, tokenSeconds(plan), clock.epochMs()),
    wardOf: (patient) => wardOf.get(patient),
    patientsOf: (ward) => patientsOf.get(ward) ?? [],
    sightsOf: (patient) => {
      const index = indexOf.get(patient);
      return index === undefined ? undefined : patientSightsOf(plan, index, patient);
    },
  });
  viewers.start();
  const stopReports = reportEverySecond(clock, (report) => {
    void send({ kind: 'viewers', snapshot: viewers.snapshot(), report });
  });
  return async (measureToMs) => {
    await viewers.settle(QUIET_MS, SETTLE_MS_MAX);
    stopReports();
    await send({ kind: 'viewersEnd', end: viewers.finish(measureToMs) });
    process.exit(0);
  };
}

void send({ kind: 'ready' });
