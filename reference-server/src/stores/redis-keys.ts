/**
 * Every key that Gaitway has in Redis. The part in braces is the hash tag: keys with the same one lie on the
 * same node of a Cluster, and a script touches keys of one hash tag only.
 */
export class RedisKeys {
  private readonly prefix: string;

  constructor(prefix = 'gaitway') {
    this.prefix = prefix;
  }

  /** Hash: what was chosen when the pipeline under this prefix was begun, and may not change. */
  layout(): string {
    return `${this.prefix}:layout`;
  }
  /** Stream: the readings of one partition. */
  log(partition: number): string {
    return `${this.prefix}:{p${partition}}:log`;
  }
  /** Hash: how far the processor of a partition got. */
  progress(partition: number): string {
    return `${this.prefix}:{p${partition}}:progress`;
  }
  /** String with a time to live: who holds the lease of a partition. */
  lease(partition: number): string {
    return `${this.prefix}:{p${partition}}:lease`;
  }
  /** Counter: the epoch of the last lease that was given out for a partition. */
  epoch(partition: number): string {
    return `${this.prefix}:{p${partition}}:epoch`;
  }
  /** Number: where the epochs of all partitions begin. */
  firstEpoch(): string {
    return `${this.prefix}:first-epoch`;
  }
  /** Hash: the watermark of each device. */
  watermarks(): string {
    return `${this.prefix}:watermarks`;
  }
  /** Sorted set: owners of leases by the moment they were last seen. */
  owners(): string {
    return `${this.prefix}:owners`;
  }
  /** What the names of the fan-out's channels begin with. */
  channels(): string {
    return `${this.prefix}:fan-out`;
  }
  /**
   * Jobs: list of waiting lanes, hash of each lane's job, hash of how often it was taken, sorted set of taken lanes by
   * the end of their lease. One hash tag: a script moves a job from one to the other.
   */
  jobs(): { waiting: string; bodies: string; attempts: string; taken: string } {
    const name = (part: string) => `${this.prefix}:{jobs}:${part}`;
    return {
      waiting: name('waiting'),
      bodies: name('bodies'),
      attempts: name('attempts'),
      taken: name('taken'),
    };
  }
  /** String with a time to live: one value of the cache. */
  cached(key: string): string {
    return `${this.prefix}:cache:${key}`;
  }

  /** Every key that stays when nobody serves any more. */
  lasting(partitions: number): string[] {
    const ofPartitions = Array.from({ length: partitions }, (_, partition) => [
      this.log(partition),
      this.progress(partition),
      this.epoch(partition),
    ]);
    const jobs = Object.values(this.jobs());
    return [
      ...[this.layout(), this.firstEpoch(), this.watermarks(), this.owners()],
      ...jobs,
      ...ofPartitions.flat(),
    ];
  }
}
