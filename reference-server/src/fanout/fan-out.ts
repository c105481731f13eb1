import type { Alert, AssessmentUpdate, Insight, LatestReading, WindowUpdate } from '@gaitway/contract';

/** What happened to a patient and is told to those who may see them. */
export type Update = { patient: string; ward: string } & (
  | { kind: 'reading'; reading: LatestReading }
  | { kind: 'window'; window: WindowUpdate }
  | { kind: 'assessment'; assessment: AssessmentUpdate }
  | { kind: 'alert'; alert: Alert }
  | { kind: 'insight'; insight: Insight }
);

/**
 * The way from the pipeline to viewers on every instance. Best effort: what must not be lost is in the
 * archive. It leaves out who may see what: rooms are joined only by those who may.
 */
export interface FanOut {
  publish(update: Update): void;
  /** `false` only when surely nobody watches: then a reading need not be published. */
  isWatched(patient: string, ward: string): boolean;
}
