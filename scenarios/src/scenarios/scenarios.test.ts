import { sloText, windowPhaseMs, windowStartMs } from '@gaitway/contract';
import { PATIENTS_PER_WARD, personAt, slotDueMs, type ViewerPlan, viewerAt } from '@gaitway/simulator';
import { describe, expect, it } from 'vitest';
import { describeScenario } from './describe-scenario.ts';
import { sampleShortfalls, samplesLeast } from './planned-samples.ts';
import { changeScenario, scenarioMsLeast, slosOf } from './scenario.ts';
import { findScenario, SCENARIOS, UnknownScenario } from './scenarios.ts';

/** The patients' indexes whom a viewer watches. */
function watchedBy({ targets }: ViewerPlan, patients: number): number[] {
  return targets.flatMap((target) => {
    if ('patient' in target) return [patientIndex(target.patient)];
    const first = PATIENTS_PER_WARD * Number(target.ward.slice(1));
    const beds = Math.min(PATIENTS_PER_WARD, patients - first);
    return Array.from({ length: beds }, (_, bed) => first + bed).filter(
      (index) => personAt(index).ward === target.ward,
    );
  });
}

const patientIndex = (patient: string) => Number(patient.slice(1));

/** With enough slots the limit is one that a server which squares its probabilities does not keep. */
const calibrationOfGait = (name: string): string[] =>
  (name === 'production' ? [0.03] : [0.1, 0.05]).map(
    (most) => `grade_calibration_error{condition:gait}: value<=${most}`,
  );

/** What is promised of conditions that few have; asked only where a run is too short for them. */
const RARE = [
  'grade_auroc{condition:freezing}: value>=0.7',
  'grade_event_sensitivity{condition:freezing}: rate>=0.5',
  'grade_event_sensitivity{condition:fall}: rate>=0.8',
  'grade_fall_false_alarms: value<=2',
];

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
    '$name is sure of more samples than its SLOs ask for, and not of far more',
    ({ scenario }) => {
      expect(sampleShortfalls(scenario)).toEqual([]);
      const window = scenario.slos.find(({ metric }) => metric === 'viewer_freshness_window')!;
      expect(window.leastSamples).toBeGreaterThan(samplesLeast(scenario, 'viewer_freshness_window')! / 2);
    },
  );

  it.each(SCENARIOS.map((scenario) => ({ name: scenario.name, scenario })))(
    '$name closes as many watched windows in its measure phase with any seed, and as many readings are seen',
    ({ scenario }) => {
      const { patients, viewers, phases, slotMs } = scenario;
      const settings = { ...scenario.window, windowOriginMs: 0 };
      const { windowMs } = settings;
      // Close to what the server waits for, and another two seconds for a machine that has others to serve.
      const closesAfterMs = 1000 + slotMs + 1000 + 250 + 2000;
      const toMs = phases.warmUpMs + phases.measureMs;
      const seeds = process.env.GAITWAY_TEST === 'full' ? 2000 : 300;
      for (let seed = 0; seed < seeds; seed++) {
        // With the origin at the epoch a run may begin at any moment of a window.
        const beginMs = scenario.window.origin === 'run-start' ? 0 : (seed * 7919) % windowMs;
        let windows = 0;
        let readings = 0;
        for (let viewer = 0; viewer < viewers; viewer++) {
          for (const index of watchedBy(viewerAt(viewer, seed, patients, personAt), patients)) {
            const phaseMs = windowPhaseMs(personAt(index).patient, settings);
            let startMs = windowStartMs(beginMs, phaseMs, settings) - beginMs;
            if (startMs < 0) startMs += windowMs;
            for (; startMs + windowMs + closesAfterMs <= toMs; startMs += windowMs) {
              if (startMs + windowMs + 1000 >= phases.warmUpMs) windows++;
            }
            const schedule = { seed, devices: patients, startMs: 0, slotMs, connectMs: phases.connectMs };
            const firstDueMs = slotDueMs(schedule, index, 0);
            const before = (ms: number) => Math.max(0, Math.ceil((ms - firstDueMs) / slotMs));
            readings += before(toMs) - before(phases.warmUpMs);
          }
        }
        expect(windows, `seed ${seed}`).toBeGreaterThanOrEqual(
          samplesLeast(scenario, 'viewer_freshness_window')!,
        );
        expect(readings, `seed ${seed}`).toBeGreaterThanOrEqual(
          samplesLeast(scenario, 'viewer_freshness_reading')!,
        );
      }
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
        'readings_made: rate>=1',
        'server_ended: count==0',
        // Slots of a second hold too little for anybody to answer.
        ...(scenario.slotMs < 2000
          ? []
          : [
              'grade_coverage: rate>=0.99',
              'grade_foreign_scores: count==0',
              'grade_auroc{condition:tremor}: value>=0.85',
              'grade_auroc{condition:gait}: value>=0.85',
              'grade_calibration_error{condition:tremor}: value<=0.1',
              'grade_calibration_error{condition:tremor}: value<=0.05',
              ...calibrationOfGait(scenario.name),
              'grade_calibration_error{condition:freezing}: value<=0.1',
              'grade_calibration_error{condition:freezing}: value<=0.05',
              ...RARE,
            ]),
        'generator_valid: value==1',
      ]);
      const asked = scenario.slos.filter(({ severity }) => severity === 'should');
      expect(asked.map(sloText)).toEqual(
        scenario.slotMs < 2000
          ? []
          : [
              'grade_calibration_error{condition:tremor}: value<=0.05',
              ...calibrationOfGait(scenario.name).filter((text) => text.endsWith('0.05')),
              'grade_calibration_error{condition:freezing}: value<=0.05',
              ...(scenario.name === 'production' ? RARE.filter((text) => text.includes(':fall')) : RARE),
            ],
      );
    },
  );

  it('keep to the time that they promise', () => {
    expect(scenarioMsLeast(findScenario('mvp'))).toBeLessThanOrEqual(78_000);
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
      'ack_latency: p(95)<200 needs 500 samples, and this run is sure of 140 only.',
    );
    expect(describeScenario(small).at(-1)).toContain('Too few samples');
    expect(findScenario('mvp').patients).toBe(100);
  });

  it('are described in plain sentences', () => {
    expect(describeScenario(findScenario('production'))).toEqual([
      'The second milestone: 10,000 patients with one reading every 5 s for five minutes, watched by 50 viewers.',
      '10,000 devices, each on a connection of its own, send one reading every 5 s: 2,000 readings a second.',
      '50 viewers: 17 doctors (a ward of up to 20), 17 patients (themself), 16 caregivers (up to 3 people); together they watch at least 373 patients, each counted as often as watched.',
      'Windows are 60 s long, counted from the epoch, and spread over 60 s; each patient closes at least 4 complete windows.',
      'The fleet connects over 30 s, warms up for 10 s, is measured for 300 s and drains for at most 30 s: 340 s and the drain.',
      'Must hold: ack_latency p(95)<200, with at least 100,000 readings.',
      'Must hold: ack_latency p(99)<500, with at least 100,000 readings.',
      'Must hold: viewer_freshness_reading p(95)<1000, with at least 10,000 readings to see.',
      'Must hold: viewer_freshness_window p(95)<3000, with at least 1,000 windows to see.',
      'Must hold: audit count==0, with at least 10,000 complete windows.',
      'Must hold: readings_made rate>=1.',
      'Must hold: server_ended count==0.',
      'Must hold: grade_coverage rate>=0.99, with at least 200 slots to answer.',
      'Must hold: grade_foreign_scores count==0, with at least 100 slots to answer.',
      'Must hold: grade_auroc {condition:tremor} value>=0.85, with at least 200 slots to answer.',
      'Must hold: grade_auroc {condition:gait} value>=0.85, with at least 200 slots to answer.',
      'Must hold: grade_calibration_error {condition:tremor} value<=0.1, with at least 200 answered slots.',
      'Should hold: grade_calibration_error {condition:tremor} value<=0.05, with at least 200 answered slots.',
      'Must hold: grade_calibration_error {condition:gait} value<=0.03, with at least 10,000 answered slots.',
      'Must hold: grade_calibration_error {condition:freezing} value<=0.1, with at least 200 answered slots.',
      'Should hold: grade_calibration_error {condition:freezing} value<=0.05, with at least 200 answered slots.',
      'Must hold: grade_auroc {condition:freezing} value>=0.7, with at least 10,000 slots to answer.',
      'Must hold: grade_event_sensitivity {condition:freezing} rate>=0.5, with at least 100 events.',
      'Should hold: grade_event_sensitivity {condition:fall} rate>=0.8, with at least 20 events.',
      'Must hold: grade_fall_false_alarms value<=2, with at least 500 patient-hours.',
      'Must hold: generator_valid value==1.',
    ]);
  });

  it('count the viewers that there are', () => {
    const alone = changeScenario(findScenario('mvp'), { viewers: 0 });
    expect(describeScenario(alone)).toContain('Nobody watches.');
    const one = changeScenario(findScenario('mvp'), { viewers: 1 });
    expect(describeScenario(one)).toContain(
      '1 viewer: 1 doctor (a ward of up to 20); together they watch at least 20 patients, each counted as often as watched.',
    );
  });

  it('cannot carry a threshold that cannot be read', () => {
    expect(() => slosOf({ ack_latency: ['p(95)<'] })).toThrow(/column 7/);
  });
});
