import { didYouMean } from '@gaitway/contract';
import { mvp } from './mvp.ts';
import { production } from './production.ts';
import type { Scenario } from './scenario.ts';
import { smoke } from './smoke.ts';

/** Every scenario there is, in the order in which they are listed. */
export const SCENARIOS: readonly Scenario[] = [mvp, production, smoke];

/** Nobody knows a scenario of this name; `hint` names the nearest. */
export class UnknownScenario extends Error {
  override name = 'UnknownScenario';
  readonly hint: string;

  constructor(written: string) {
    super(`there is no scenario '${written}'`);
    this.hint = didYouMean(
      written,
      SCENARIOS.map(({ name }) => name),
    );
  }
}

/** The scenario of this name. Throws {@link UnknownScenario}. */
export function findScenario(name: string): Scenario {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new UnknownScenario(name);
  return scenario;
}
