import { sloText } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { describeScenario } from './describe-scenario.ts';
import { sampleShortfalls } from './planned-samples.ts';
import { changeScenario, scenarioMsLeast, slosOf } from './scenario.ts';
import { findScenario, SCENARIOS, UnknownScenario } from './scenarios.ts';

describe('the scenarios', () => {
  it.each([
    ['mvp', 100, 5, 5000, 60_000],
    ['production', 10_000, 50, 5000, 60_000],
    ['smoke', 50, 3, 1000, 5000],
  ])(
    'hold %s: %i patients, %i viewers, a reading every %i ms, windows of %i ms',
    (name, patients, viewers, slotMs, windowMs) => {
      expect(findScenario(name)).toMatchObject({ name, patients, viewers, slotMs, window: { windowMs } });
    },
  );

  it.each(SCENARIOS.map((scenario) => ({ name: scenario.name, scenario })))(
    '$name plans more samples than its SLOs ask for',
    ({ scenario }) => {
      expect(sampleShortfalls(scenario)).toEqual([]);
    },
  );

  it.each(SCENARIOS.map((scenario) => ({ name: scenario.name, scenario })))(
    '$name promises what every scenario promises',
    ({ scenario }) => {
      expect(scenario.slos.map(sloText)).toEqual([
        'ack_latency: p(95)<200',
        'ack_latency: p(99)<500',
        'viewer_freshness_reading: p(95)<1000',
        'viewer_freshness_window: p(95)<3000',
        'audit: count==0',
        'generator_valid: value==1',
      ]);
      expect(scenario.slos.every(({ severity }) => severity === 'must')).toBe(true);
    },
  );

  it('keep to the time that they promise', () => {
    expect(scenarioMsLeast(findScenario('mvp'))).toBeLessThanOrEqual(76_000);
    expect(scenarioMsLeast(findScenario('smoke'))).toBeLessThanOrEqual(20_000);
    expect(findScenario('production').phases.measureMs).toBe(300_000);
  });

  it('are told apart from what does not exist, with the nearest name', () => {
    expect(() => findScenario('porduction')).toThrow(UnknownScenario);
    expect(new UnknownScenario('porduction').hint).toBe("did you mean 'production'?");
    expect(new UnknownScenario('zzz').hint).toBe('there is: mvp, production, smoke');
  });

  it('say beforehand when a smaller run cannot give enough samples', () => {
    const small = changeScenario(findScenario('mvp'), { patients: 10 });
    expect(sampleShortfalls(small)[0]).toBe(
      'ack_latency: p(95)<200 needs 500 samples, and this run gives 130 at the most.',
    );
    expect(describeScenario(small).at(-1)).toContain('Too few samples');
    expect(findScenario('mvp').patients).toBe(100);
  });

  it('are described in plain sentences', () => {
    expect(describeScenario(findScenario('production'))).toEqual([
      'The second milestone: 10,000 patients with one reading every 5 s for five minutes, watched by 50 viewers.',
      '10,000 devices, each on a connection of its own, send one reading every 5 s: 2,000 readings a second.',
      '50 viewers watch 20 patients each.',
      'Windows are 60 s long, counted from the epoch, and spread over 60 s; each patient closes at least 4 complete windows.',
      'The fleet connects over 30 s, warms up for 10 s, is measured for 300 s and drains for at most 30 s: 340 s and the drain.',
      'Must hold: ack_latency p(95)<200, with at least 100,000 readings.',
      'Must hold: ack_latency p(99)<500, with at least 100,000 readings.',
      'Must hold: viewer_freshness_reading p(95)<1000, with at least 10,000 readings seen.',
      'Must hold: viewer_freshness_window p(95)<3000, with at least 1,000 windows seen.',
      'Must hold: audit count==0, with at least 10,000 complete windows.',
      'Must hold: generator_valid value==1.',
    ]);
  });

  it('count the viewers that there are', () => {
    const alone = changeScenario(findScenario('mvp'), { viewers: 0 });
    expect(describeScenario(alone)).toContain('Nobody watches.');
    const one = changeScenario(findScenario('mvp'), { viewers: 1 });
    expect(describeScenario(one)).toContain('1 viewer watches 20 patients.');
  });

  it('cannot carry a threshold that cannot be read', () => {
    expect(() => slosOf({ ack_latency: ['p(95)<'] })).toThrow(/column 7/);
  });
});
