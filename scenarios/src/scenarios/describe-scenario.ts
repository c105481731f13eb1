import { expressionText, type Slo, selectorText, sloMetric } from '@gaitway/contract';
import { PATIENTS_PER_WARD, watchedLeast } from '@gaitway/simulator';
import { sampleShortfalls, windowsPerPatient } from './planned-samples.ts';
import { type Scenario, scenarioMsLeast } from './scenario.ts';

const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const plural = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
const seconds = (ms: number): string => `${ms / 1000} s`;

/** A scenario in plain sentences, one a line, for `--dry-run`. */
export function describeScenario(scenario: Scenario): string[] {
  const { patients, viewers, slotMs, window, phases, slos } = scenario;
  const readingsPerSecond = (patients * 1000) / slotMs;
  const origin =
    window.origin === 'run-start' ? 'counted from the first slots of the run' : 'counted from the epoch';
  const sentences = [
    scenario.says,
    `${plural(patients, 'device')}, each on a connection of its own, send one reading every ${seconds(slotMs)}: ${grouped(Number(readingsPerSecond.toFixed(1)))} readings a second.`,
    describeViewers(viewers, patients),
    `Windows are ${seconds(window.windowMs)} long, ${origin}, and spread over ${seconds(window.windowPhaseSpreadMs)}; each patient closes at least ${plural(windowsPerPatient(scenario), 'complete window')}.`,
    `The fleet connects over ${seconds(phases.connectMs)}, warms up for ${seconds(phases.warmUpMs)}, is measured for ${seconds(phases.measureMs)} and drains for at most ${seconds(phases.drainMs)}: ${seconds(scenarioMsLeast(scenario))} and the drain.`,
    ...slos.map(describeSlo),
  ];
  return [...sentences, ...sampleShortfalls(scenario).map((shortfall) => `Too few samples: ${shortfall}`)];
}

function describeViewers(viewers: number, patients: number): string {
  if (viewers === 0) return 'Nobody watches.';
  const { roles, pairs } = watchedLeast(viewers, patients);
  const watching = [
    [roles.doctor, 'doctor', `a ward of up to ${Math.min(PATIENTS_PER_WARD, patients)}`],
    [roles.patient, 'patient', 'themself'],
    [roles.caregiver, 'caregiver', 'up to 3 people'],
  ] as const;
  const roleTexts = watching
    .filter(([count]) => count > 0)
    .map(([count, role, whom]) => `${plural(count, role)} (${whom})`);
  return `${plural(viewers, 'viewer')}: ${roleTexts.join(', ')}; together they watch at least ${plural(pairs, 'patient')}, each counted as often as watched.`;
}

function describeSlo(slo: Slo): string {
  const { samples } = sloMetric(slo.metric);
  const weight = slo.severity === 'must' ? 'Must hold' : 'Should hold';
  const least = slo.leastSamples === 1 ? '' : `, with at least ${grouped(slo.leastSamples)} ${samples}`;
  // In two words: a narrow terminal breaks between them.
  const selector = selectorText(slo.metric, slo.tags).replace('{', ' {');
  return `${weight}: ${selector} ${expressionText(slo)}${least}.`;
}
