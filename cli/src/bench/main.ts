import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { EXIT_CODE } from '@gaitway/contract';
import type { BenchContext } from './benchmark.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { helpText, readOptions } from './options.ts';
import { type BenchReport, machineOf, reportText } from './report.ts';

const REPEATS = { usual: 5, quick: 3 };

/**
 * Runs the benchmarks that the arguments name and prints their table. Resolves with the exit code: a missed
 * goal is a figure, not an error; a benchmark that could not be carried out is one.
 */
export async function bench(args: readonly string[]): Promise<number> {
  const options = readOptions(args, BENCHMARKS);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n`);
    return EXIT_CODE.badInput;
  }
  if (options.help) {
    process.stdout.write(helpText(BENCHMARKS));
    return EXIT_CODE.holds;
  }
  const { GAITWAY_REDIS_URL: redisUrl, GAITWAY_MONGO_URL: mongoUrl } = process.env;
  const startedMs = performance.now();
  const report: BenchReport = {
    date: new Date().toISOString(),
    machine: machineOf(loadavg()[0] ?? 0),
    repeats: options.quick ? REPEATS.quick : REPEATS.usual,
    quick: options.quick,
    stores: { redis: Boolean(redisUrl), mongo: Boolean(mongoUrl) },
    rows: [],
    leftOut: [],
    failed: [],
  };
  let name = '';
  const context: BenchContext = {
    repeats: report.repeats,
    quick: options.quick,
    ...(redisUrl ? { redisUrl } : {}),
    ...(mongoUrl ? { mongoUrl } : {}),
    progress: (says) => process.stderr.write(`  ${name}: ${says}\n`),
    leftOut: (says) => void report.leftOut.push(says),
  };
  let leftSeconds = options.chosen.reduce((sum, one) => sum + one.estimateSeconds(context), 0);
  for (const benchmark of options.chosen) {
    name = benchmark.name;
    process.stderr.write(`${name}: ${benchmark.says} (about ${durationText(leftSeconds)} left of it all)\n`);
    try {
      report.rows.push(...(await benchmark.run(context)));
    } catch (error) {
      report.failed.push({ benchmark: name, says: error instanceof Error ? error.message : String(error) });
    }
    leftSeconds -= benchmark.estimateSeconds(context);
  }
  process.stdout.write(`${reportText(report)}\n`);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  process.stderr.write(`It took ${durationText((performance.now() - startedMs) / 1000)}.\n`);
  return report.failed.length > 0 ? EXIT_CODE.bug : EXIT_CODE.holds;
}

function durationText(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
