import type { Statistic } from './slo.ts';

/**
 * What a run measured of one metric, in the metric's unit. `missing`: it was not measured, and `says` why.
 * `evidence` says where a person finds more: a key of the run record, an example. `untrueSays`: what a person reads
 * where the expression is not true, if there is more to say than the numbers.
 */
export type Measurement =
  | { form: 'missing'; says: string }
  | {
      form: 'trend';
      samples: number;
      min: number;
      max: number;
      avg: number;
      /** The value at this percentile (0 to 100); `undefined` where what was kept does not tell. */
      percentile: (percentile: number) => number | undefined;
      evidence?: string;
    }
  | {
      form: 'counter';
      samples: number;
      count: number;
      seconds?: number;
      evidence?: string;
      untrueSays?: string;
    }
  | { form: 'rate'; samples: number; matched: number; evidence?: string; untrueSays?: string }
  | { form: 'gauge'; samples: number; value: number; evidence?: string };

/** By selector, as `selectorText` writes it. */
export type Measurements = ReadonlyMap<string, Measurement>;

/** One statistic of a measurement, or `undefined` where it cannot be told. */
export function statisticOf(measurement: Measurement, statistic: Statistic): number | undefined {
  switch (measurement.form) {
    case 'missing':
      return undefined;
    case 'trend':
      if (statistic.name === 'p') return measurement.percentile(statistic.percentile);
      if (statistic.name === 'med') return measurement.percentile(50);
      if (statistic.name === 'avg' || statistic.name === 'min' || statistic.name === 'max')
        return measurement[statistic.name];
      return undefined;
    case 'counter':
      if (statistic.name === 'count') return measurement.count;
      if (statistic.name !== 'rate' || !measurement.seconds) return undefined;
      return measurement.count / measurement.seconds;
    case 'rate':
      return statistic.name === 'rate' ? measurement.matched / measurement.samples : undefined;
    case 'gauge':
      return statistic.name === 'value' ? measurement.value : undefined;
  }
}
