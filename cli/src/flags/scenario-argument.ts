import { EXIT_CODE } from '@gaitway/contract';
import { changeScenario, type Scenario, type ScenarioChange } from '@gaitway/scenarios/scenario';
import { findScenario } from '@gaitway/scenarios/scenarios';
import { Fault } from '../fault.ts';

/** The scenario of this name with what the command line changes of it. */
export function scenarioOf(name: string, change: ScenarioChange): Scenario {
  const scenario = changeScenario(findScenario(name), change);
  if (scenario.phases.measureMs < scenario.slotMs) {
    throw new Fault(
      'too_short',
      `--duration: a run of ${scenario.phases.measureMs / 1000} s is shorter than one slot (${scenario.slotMs / 1000} s), and would measure nothing`,
      `Give it ${scenario.slotMs / 1000} s at least.`,
      EXIT_CODE.badInput,
    );
  }
  return scenario;
}
