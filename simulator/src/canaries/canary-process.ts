import { bootOf, canaryShare, planSchedule } from '../fleet/fleet-plan.ts';
import { serveFleet } from '../fleet/fleet-process.ts';
import { personAt } from '../fleet/population.ts';
import { ReadingSource } from '../patients/readings.ts';
import { CanaryCounts } from './canary-counts.ts';
import { canariesIn } from './canary-fleet.ts';
import { readFirmware } from './firmware-image.ts';
import { warmUp } from './warm-up.ts';

/**
 * The canaries of a run, in a process of their own: boards that cannot keep real time delay no twin. It is given the
 * file of their program, and says that it is ready when the program was translated and run for a while: the first
 * slots cost ten times what the later ones do.
 */
serveFleet(() => {
  const { program } = readFirmware(process.argv[2]);
  warmUp(program);
  return (plan, _worker, _shared, found) => {
    const { seed, slotMs, cohort } = plan;
    const counts = new CanaryCounts(found);
    const readings = new ReadingSource(seed, { slotMs, ...(cohort ? { cohort } : {}) });
    return {
      options: {
        share: canaryShare(plan),
        schedule: planSchedule(plan),
        ...canariesIn({
          program,
          boot: bootOf(plan),
          deviceOf: (index) => personAt(index).device,
          placementOf: (index) => readings.placementOf(index),
          samplesOf: (index, slot) => readings.samplesOf(index, slot),
          pulsesOf: (index, slot) => readings.pulsesOf(index, slot),
          counts,
        }),
      },
      canaries: () => counts.end(plan.canaries!.devices),
    };
  };
});
