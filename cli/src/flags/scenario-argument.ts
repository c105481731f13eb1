import { EXIT_CODE } from '@gaitway/contract';
import { changeScenario, type Scenario, type ScenarioChange } from '@gaitway/scenarios/scenario';
import { findScenario } from '@gaitway/scenarios/scenarios';
import { Fault } from '../fault.ts';

/** The scenario of this name with what the command line changes of it. */
export function scenarioOf(name: string, change: ScenarioChange): Scenario {
  const scenario = changeScenario(findScenario(name), change);
  insistOnSlots('duration', scenario.phases.measureMs, scenario.slotMs);
  return scenario;
}

/** Refuses a time in which no device would come to the end of a slot. */
export function insistOnSlots(flag: string, lengthMs: number, slotMs: number): void {
  if (lengthMs >= slotMs) return;
  throw new Fault(
    'too_short',
    `--${flag}: a run of ${lengthMs / 1000} s is shorter than one slot (${slotMs / 1000} s), and would measure nothing`,
    `Give it ${slotMs / 1000} s at least.`,
    EXIT_CODE.badInput,
  );
}
