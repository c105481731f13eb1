import { ResetCause } from '@gaitway/contract';
import { countUnder } from '../fleet/counters.ts';

/** What is told of the canaries of a run besides what is told of every device. Plain data: it is sent as it is. */
export interface CanariesEnd {
  devices: number;
  /** Restarts of chips during the run, by cause. */
  resets: Record<string, number>;
  /** Messages of chips to their modems that could not be read. */
  damaged: number;
  /** Lines of the chips' logs, by code (`docs/firmware-link.md`), the starts left out. */
  logs: Record<string, number>;
  /** Devices whose firmware hung for good, one sentence each. */
  hung: string[];
  /** Share of its time in which the busiest chip worked. */
  busyShareMax: number;
}

/** Gathers it. `hung` hears of a chip that nothing helps, at once. */
export class CanaryCounts {
  damaged = 0;
  readonly logs: Record<string, number> = {};
  private readonly resets: Record<string, number> = {};
  private readonly sentences: string[] = [];
  private readonly hung: (says: string) => void;
  private busyShareMax = 0;

  constructor(hung: (says: string) => void) {
    this.hung = hung;
  }

  reset(cause: ResetCause): void {
    const name = Object.entries(ResetCause).find(([, value]) => value === cause)?.[0] ?? String(cause);
    countUnder(this.resets, name);
  }

  hangs(index: number, says: string): void {
    const sentence = `The canary of patient ${index} is out of the run: ${says}`;
    this.sentences.push(sentence);
    this.hung(sentence);
  }

  worked(busyShare: number): void {
    this.busyShareMax = Math.max(this.busyShareMax, busyShare);
  }

  end(devices: number): CanariesEnd {
    return {
      devices,
      resets: this.resets,
      damaged: this.damaged,
      logs: this.logs,
      hung: this.sentences,
      busyShareMax: this.busyShareMax,
    };
  }
}
