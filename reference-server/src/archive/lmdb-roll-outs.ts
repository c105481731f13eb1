import type { Database } from 'lmdb';
import type { RollOut } from '../infer/roll-out/roll-out.ts';
import { OneAtATime } from '../one-at-a-time.ts';
import type { LmdbEnvironment } from '../stores/lmdb-environment.ts';

/** How far models are rolled out, in LMDB. */
export class LmdbRollOuts {
  private readonly environment: LmdbEnvironment;
  private readonly byCandidate: Database<RollOut, string>;
  private readonly writes = new OneAtATime();

  constructor(environment: LmdbEnvironment) {
    this.environment = environment;
    this.byCandidate = environment.database('roll-outs', { encoding: 'msgpack' });
  }

  get(candidate: string): RollOut | null {
    return this.byCandidate.get(candidate) ?? null;
  }

  save(rollOut: RollOut): Promise<boolean> {
    return this.writes.run(async () => {
      if ((this.get(rollOut.candidate)?.revision ?? 0) !== rollOut.revision - 1) return false;
      await this.environment.batch((batch) => batch.put(this.byCandidate, rollOut.candidate, rollOut));
      return true;
    });
  }
}
