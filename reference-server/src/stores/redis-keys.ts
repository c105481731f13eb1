/** What BullMQ keeps of a queue beside its jobs, which go when they are done. */
const JOB_KEYS = ['meta', 'id', 'wait', 'active', 'stalled', 'marker', 'events'];

/**
 * Every key that Gaitway has in Redis. The part in braces is the hash tag: keys with the same one lie on the
 * same node of a Cluster, and a script touches keys of one hash tag only.
 */
export class RedisKeys {
  /** How BullMQ calls the queue. */
  readonly jobQueue = 'work';
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
  /** Hash: the update wave, and how many of its devices have which fate. */
  updateWave(): string {
    return `${this.prefix}:{update}:wave`;
  }
  /** Hash: what became of each device of the wave. */
  updateDevices(): string {
    return `${this.prefix}:{update}:devices`;
  }
  /** Sorted set: the devices that are under way, by the moment of their offer. */
  updatesUnderWay(): string {
    return `${this.prefix}:{update}:under-way`;
  }
  /** What the names of the fan-out's channels begin with. */
  channels(): string {
    return `${this.prefix}:fan-out`;
  }
  /** What the keys of all jobs begin with; a job moves from one to the other within a script. */
  jobs(): string {
    return `${this.prefix}:{jobs}`;
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
    const jobs = JOB_KEYS.map((name) => `${this.jobs()}:${this.jobQueue}:${name}`);
    return [
      ...[this.layout(), this.firstEpoch(), this.watermarks(), this.owners()],
      ...[this.updateWave(), this.updateDevices(), this.updatesUnderWay()],
      ...jobs,
      ...ofPartitions.flat(),
    ];
  }
}
