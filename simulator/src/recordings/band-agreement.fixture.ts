import { FEATURE_FIELDS, featureIndex, SAMPLE_RATE_HZ } from '@gaitway/contract';
import { FeatureExtractor } from '@gaitway/firmware';
import { csvRows } from './csv-rows.ts';
import { readRecording } from './read-recording.ts';
import { COUNTS_PER_DPS, COUNTS_PER_G } from './recording-slots.ts';
import { resampleTo50Hz } from './resample.ts';

const AXES = 6;

/**
 * How well the logarithms of the device's band energies of the gyroscope go with those of the ParaDigMa toolbox, window by
 * window of 4 s: correlation of the slow band (0.5-3 Hz; theirs `below_tremor_power`), after our resampling.
 */
export async function slowBandAgreement(recordingFile: string, windowsFile: string): Promise<number> {
  const { timesMs, accel, gyro, gaps } = await readRecording(recordingFile);
  const { axes, startMs } = resampleTo50Hz(timesMs, [...accel, ...gyro], gaps);
  const extractor = new FeatureExtractor(2);
  const values = new Int32Array(FEATURE_FIELDS.length);
  const pairs: [ours: number, theirs: number][] = [];
  let columns: string[] | undefined;
  for await (const { fields } of csvRows(windowsFile)) {
    if (columns === undefined) {
      columns = fields;
      continue;
    }
    const field = (name: string) => Number(fields[columns!.indexOf(name)]);
    const first = Math.round(((1000 * field('time_s') - startMs) * SAMPLE_RATE_HZ) / 1000);
    const samples = Int16Array.from({ length: 4 * SAMPLE_RATE_HZ * AXES }, (_, i) => {
      const exact = axes[i % AXES]?.[first + Math.floor(i / AXES)];
      return Math.round((exact ?? Number.NaN) * (i % AXES < 3 ? COUNTS_PER_G : COUNTS_PER_DPS));
    });
    if (first < 0 || first + 4 * SAMPLE_RATE_HZ > axes[0]!.length) continue;
    extractor.extract(samples, values);
    pairs.push([values[featureIndex('gyroLocomotionLog2')]! / 256, Math.log2(field('below_tremor_power'))]);
  }
  return correlation(pairs);
}

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (of: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[of], 0) / pairs.length;
  const [x, y] = [mean(0), mean(1)];
  const sum = (of: (a: number, b: number) => number) =>
    pairs.reduce((total, [a, b]) => total + of(a - x, b - y), 0);
  return sum((a, b) => a * b) / Math.sqrt(sum((a) => a * a) * sum((_, b) => b * b));
}
