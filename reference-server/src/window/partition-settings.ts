import type { WindowSettings } from '@gaitway/contract';

export interface PartitionSettings {
  window: WindowSettings;
  allowedLatenessMs: number;
  /** With nothing left to read, event time follows the clock at this distance. */
  idleGraceMs: number;
}
