import { createStageTimer } from '@gaitway/reference-server/stage-timer';
import { bootOf, twinSchedule } from './fleet-plan.ts';
import { serveFleet } from './fleet-process.ts';
import { createPopulation } from './population.ts';
import { fleetTwinSettings } from './twin-settings.ts';
import { stagedClock, stagedLedger, stagedTransport, stagedTwin, stagedValues } from './worker-stages.ts';

/** One worker process: plays its share of the plan's twins, and measures what each stage of it costs. */
serveFleet(() => (plan, worker, { clock, transport, ledger }) => {
  const population = createPopulation(plan.seed, plan.slotMs, plan.cohort);
  const timer = createStageTimer(() => clock.monotonicMs());
  const Twin = stagedTwin(timer);
  return {
    options: {
      clock: stagedClock(clock, timer),
      transport: stagedTransport(transport, timer),
      ledger: stagedLedger(ledger, timer),
      share: { worker, workers: plan.workers },
      schedule: twinSchedule(plan),
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
    },
    stages: () => timer.stages(),
  };
});
