import { EXIT_CODE } from '@gaitway/contract';
import { realClock } from '@gaitway/reference-server/real-clock';
import type { SimulationResult } from '@gaitway/simulator';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../base-command.ts';
import { commandName } from '../command-name.ts';
import { parseDurationMs } from '../duration.ts';
import { Fault } from '../fault.ts';
import { COHORT_FLAG, cohortFlagged } from '../flags/cohort-flag.ts';
import { SLOT_LIMITS } from '../flags/duration-limits.ts';
import { insistOnSlots } from '../flags/scenario-argument.ts';
import { Progress } from '../services/progress.ts';
import { describeSimulation } from '../services/simulation-text.ts';

const FAULTS = ['all', 'links', 'none'] as const;
const HOUR_MS = 3_600_000;
const HOURS_MAX = 10_000;
/** A device numbers its readings in 32 bits. */
const READINGS_MAX = 2 ** 32 - 1;

export default class Simulate extends BaseCommand {
  static override summary = 'Play the whole system in virtual time: fleet, pipeline, faults, audit.';
  static override description =
    'One process, no sockets. The same seed gives the same fleet, the same faults and the same archive, byte for byte: the two digests say so. Exits 99 when the audit finds that a promise was broken.';
  static override examples = [
    '<%= config.bin %> simulate --patients 1000 --hours 24 --seed 7',
    '<%= config.bin %> simulate --patients 50 --hours 2 --faults none --json',
  ];
  static override enableJsonFlag = true;
  static override flags = {
    patients: Flags.integer({
      description: 'synthetic patients',
      default: 100,
      helpValue: 'N',
      min: 1,
      max: 100_000,
    }),
    hours: Flags.string({ description: 'how long, in hours of virtual time', default: '1', helpValue: 'N' }),
    seed: Flags.integer({
      description: 'what everything is drawn from',
      default: 1,
      helpValue: 'N',
      min: 0,
      max: 0xffffffff,
    }),
    workers: Flags.integer({
      description: 'workers that the fleet is cut into; the digests do not depend on it',
      default: 1,
      helpValue: 'N',
      min: 1,
      max: 64,
    }),
    faults: Flags.string({ description: 'what goes wrong', options: FAULTS, default: 'all' }),
    slot: Flags.string({
      description: 'length of a slot: one reading each',
      default: '5s',
      helpValue: 'TIME',
    }),
    cohort: COHORT_FLAG,
  };

  async run(): Promise<SimulationResult> {
    const { flags } = await this.parse(Simulate);
    const hours = hoursOf(flags.hours);
    const slotMs = parseDurationMs(flags.slot, 'slot', SLOT_LIMITS);
    insistOnSlots('hours', hours * HOUR_MS, slotMs);
    insistOnCount(hours, slotMs);
    const people = await cohortFlagged(flags.cohort);
    const { NO_SYSTEM_FAULTS, SYSTEM_FAULTS_DEFAULT, simulateApart } = await import('@gaitway/simulator');
    const faults = {
      all: SYSTEM_FAULTS_DEFAULT,
      links: { ...NO_SYSTEM_FAULTS, links: SYSTEM_FAULTS_DEFAULT.links },
      none: NO_SYSTEM_FAULTS,
    };
    this.say(
      `Seed ${flags.seed}. ${flags.patients} synthetic patients${people.cohort === undefined ? '' : ` of the cohort ${people.cohort.name}`}, ${hours} h of virtual time, faults: ${flags.faults}.`,
    );
    const progress = new Progress(realClock, (line) => this.tellProgress(line), 'readings played');
    const readingsOfAll = Math.floor((hours * HOUR_MS) / slotMs) * flags.patients;
    const startedAtMs = performance.now();
    const result = await simulateApart({
      seed: flags.seed,
      patients: flags.patients,
      hours,
      workers: flags.workers,
      slotMs,
      ...people,
      faults: faults[flags.faults as keyof typeof faults],
      progress: ({ readings }) => progress.at(readings, Math.max(readings, readingsOfAll)),
    });
    for (const line of describeSimulation(result, (performance.now() - startedAtMs) / 1000)) this.say(line);
    if (result.audit.verdict === 'fails') {
      process.exitCode = EXIT_CODE.fails;
      this.say(
        `Repeat it: ${commandName()} simulate --seed ${flags.seed} --patients ${flags.patients} --hours ${flags.hours} --faults ${flags.faults} --workers ${flags.workers} --slot ${flags.slot}${flags.cohort === undefined ? '' : ` --cohort ${flags.cohort}`}`,
      );
    } else if (result.audit.verdict === 'no-verdict') process.exitCode = EXIT_CODE.noVerdict;
    return result;
  }
}

function hoursOf(text: string): number {
  const hours = Number(text);
  if (hours > 0 && hours <= HOURS_MAX) return hours;
  throw new Fault(
    'bad_hours',
    `--hours ${text} is not a number of hours above 0${hours > HOURS_MAX ? `, and at most ${HOURS_MAX}` : ''}`,
    'Write it as 24 or 0.5.',
    EXIT_CODE.badInput,
  );
}

function insistOnCount(hours: number, slotMs: number): void {
  if ((hours * HOUR_MS) / slotMs <= READINGS_MAX) return;
  throw new Fault(
    'too_many_readings',
    `--slot: in ${hours} h a device would make more readings than the ${READINGS_MAX.toLocaleString('en')} that it can number`,
    'Choose longer slots, or fewer hours.',
    EXIT_CODE.badInput,
  );
}
