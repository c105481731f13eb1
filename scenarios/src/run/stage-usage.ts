import type { ProcessUsage, StageUsage } from '@gaitway/contract';
import type { StageCpu } from '@gaitway/reference-server';

/** The stages of a run's processes, and what a reader of them should know. */
export interface StagesOfRun {
  stages: StageUsage[];
  /** One sentence for each process whose stages were estimated to more than it used. */
  notes: string[];
}

/**
 * Stages of each process; with `unattributed` they sum to its CPU, and none is negative. `timed`: by name of the
 * process, what its stage timer estimated.
 *
 * A stage's time is measured on a sample of its calls, on a clock that runs on while the machine gives the core to
 * others. So the estimates may come to more than the CPU that the system counted, and that count is the better
 * one: the stages are then scaled down to it, in the proportion in which they were found, and a note says so.
 */
export function stagesOf(
  processes: readonly ProcessUsage[],
  timed: ReadonlyMap<string, readonly StageCpu[]>,
  readings: number,
): StagesOfRun {
  const perReading = (cpuMs: number) => (readings > 0 ? (1000 * cpuMs) / readings : null);
  const notes: string[] = [];
  const stages = processes.flatMap(({ name, cpuUserMs, cpuSystemMs }) => {
    const usedMs = cpuUserMs + cpuSystemMs;
    const found = timed.get(name) ?? [];
    const foundMs = found.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    const isTooMuch = foundMs > usedMs;
    if (isTooMuch) {
      notes.push(
        `The stages of ${name} were estimated to ${Math.round(foundMs)} ms of CPU, and it used ${Math.round(usedMs)} ms: they are given scaled down to that.`,
      );
    }
    const scale = isTooMuch ? usedMs / foundMs : 1;
    const usage = (stage: string, calls: number, cpuMs: number): StageUsage => {
      return { stage, process: name, cpuMs, calls, cpuUsPerReading: perReading(cpuMs) };
    };
    return [
      ...found.map(({ stage, calls, cpuMs }) => usage(stage, calls, scale * cpuMs)),
      usage('unattributed', 0, isTooMuch ? 0 : usedMs - foundMs),
    ];
  });
  return { stages, notes };
}
