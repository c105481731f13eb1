export const RECORDING_PLACEMENTS = ['wrist', 'shank'] as const;
/** Where on the body a recording was made. */
export type RecordingPlacement = (typeof RECORDING_PLACEMENTS)[number];

/** A stretch in which a recording has no samples. */
export interface RecordingGap {
  /** The line behind it. */
  line: number;
  fromMs: number;
  toMs: number;
}

/** What one file holds: samples of one sensor, as they were taken. */
export interface Recording {
  file: string;
  /** As the names of its columns say; `undefined`: they do not. */
  placement: RecordingPlacement | undefined;
  /** Moment of each sample, ms, growing. */
  timesMs: Float64Array;
  /** Three axes, g. */
  accel: readonly Float64Array[];
  /** Three axes, deg/s; none: the recording has no gyroscope. */
  gyro: readonly Float64Array[];
  /** 0 not part, 1 no freeze, 2 freeze; `undefined`: the recording has no labels. */
  labels: Float64Array | undefined;
  /** From the median distance of two samples. */
  rateHz: number;
  gaps: RecordingGap[];
}
