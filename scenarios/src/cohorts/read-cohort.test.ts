import { COHORT_DEFAULT } from '@gaitway/simulator';
import { describe, expect, it } from 'vitest';
import { CohortFault, cohortNamed, cohortNames, parseCohort } from './read-cohort.ts';

function faultOf(text: string): CohortFault {
  try {
    parseCohort(text, 'people.yaml');
  } catch (error) {
    if (error instanceof CohortFault) return error;
    throw error;
  }
  throw new Error('the cohort was taken');
}

describe('the cohorts of the folder', () => {
  it('can be read, and each is named as its file', () => {
    expect(cohortNames()).toContain('default');
    for (const name of cohortNames()) expect(cohortNamed(name).name).toBe(name);
  });

  it('have the default that the simulator has', () => {
    expect(cohortNamed('default')).toEqual(COHORT_DEFAULT);
  });

  it('have held-out people whose ranges are 20 % wider', () => {
    const { ranges } = cohortNamed('held-out');
    expect(ranges.cadence[1] - ranges.cadence[0]).toBeCloseTo(1.2 * (130 - 78), 9);
    expect(ranges.cadence[0] + ranges.cadence[1]).toBeCloseTo(130 + 78, 9);
  });
});

describe('a cohort', () => {
  it('is the default but for what its file says, in YAML or JSON', () => {
    const { ranges, ...rest } = parseCohort('name: a\nranges: { cadence: [90, 100] }\n', 'a.yaml');
    expect(ranges).toEqual({ ...COHORT_DEFAULT.ranges, cadence: [90, 100] });
    expect(rest).toEqual({ ...COHORT_DEFAULT, name: 'a', ranges: undefined });
    expect(parseCohort('{ "name": "b", "freezerShare": 1 }', 'b.json').freezerShare).toBe(1);
  });

  it('is refused with file, line and field when its shares do not add up', () => {
    const { message, problems } = faultOf('name: a\n\nplacement: { wrist: 0.5, shank: 0.4 }\n');
    expect(message).toBe(
      'people.yaml:3:1: placement: the shares add up to 0.9 (0.5 + 0.4); they have to add up to 1',
    );
    expect(problems).toHaveLength(1);
  });

  it.each([
    ['name: a\nfrezerShare: 0.2\n', 'people.yaml:2:1: frezerShare: no such field is known', 'freezerShare'],
    ['name: a\nfreezerShare: 1.2\n', 'people.yaml:2:1: freezerShare: must be <= 1', ''],
    ['name: a\nranges:\n  cadence: [90, 900]\n', 'people.yaml:3:17: ranges.cadence.1: must be <= 240', ''],
    ['name: a\nranges:\n  cadence: [90, 80]\n', 'people.yaml:3:3: ranges.cadence: begins at 90', '[least'],
    ['name: a\nrestTremor: { none: 1 }\n', 'people.yaml:2:1: restTremor: mild is missing', 'default.yaml'],
    ['freezerShare: 0.2\n', 'people.yaml:1:1: name is missing', 'default.yaml'],
    ['name: a\nfreezerShare: much\n', 'people.yaml:2:1: freezerShare: must be number', ''],
    ['name: [a\n', 'people.yaml:2:1: this is no YAML', ''],
    ['', 'people.yaml:1:1: must be object', ''],
    ['name: a\nname: b\n', 'people.yaml:2:1: this is no YAML: Map keys must be unique', ''],
  ])('is refused where it is wrong: %j', (text, where, hint) => {
    const { message } = faultOf(text);
    expect(message).toContain(where);
    expect(message).toContain(hint);
  });

  it('is told of every problem at once', () => {
    const { problems } = faultOf('freezerShare: 2\nstartHour: 24\nx: 1\n');
    expect(problems.map(({ field }) => field).sort()).toEqual(['', 'freezerShare', 'startHour', 'x']);
  });
});
