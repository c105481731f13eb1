import { type Clock, uniform } from '@gaitway/contract';

/**
 * How one simulated process dies: the seed chooses a point of its work, and it dies when it gets there. A
 * process that does not get there in time dies where it stands, between two things that it does. It comes
 * back after `downMs`.
 */
export class CrashPoints<Point extends string> {
  private readonly clock: Clock;
  private readonly seed: number;
  private readonly points: readonly Point[];
  private readonly die: () => void;
  private readonly live: () => void;
  private draws = 0;
  private state: 'alive' | 'dead' | Point = 'alive';
  private downMs = 0;
  /** How often it died at each point; `idle`: it did not get to the one that was chosen. */
  readonly hits: Partial<Record<Point | 'idle', number>> = {};

  constructor(options: {
    clock: Clock;
    seed: number;
    points: readonly Point[];
    die(): void;
    live(): void;
  }) {
    this.clock = options.clock;
    this.seed = options.seed;
    this.points = options.points;
    this.die = options.die;
    this.live = options.live;
  }

  /** Begins to die; nothing happens when it is dead or dying already. */
  crash(downMs: number, patienceMs: number): void {
    if (this.state !== 'alive') return;
    const draw = uniform(this.seed, STREAM, this.draws++);
    const point = this.points[Math.floor(draw * this.points.length)]!;
    this.state = point;
    this.downMs = downMs;
    this.clock.setTimer(patienceMs, () => {
      if (this.state === point) this.dieAs('idle');
    });
  }

  /** `true`: it died here, and what called must never return. */
  diesAt(point: Point): boolean {
    if (this.state !== point) return false;
    this.dieAs(point);
    return true;
  }

  private dieAs(where: Point | 'idle'): void {
    this.state = 'dead';
    const { hits } = this;
    hits[where] = (hits[where] ?? 0) + 1;
    this.die();
    this.clock.setTimer(this.downMs, () => {
      this.state = 'alive';
      this.live();
    });
  }
}

const STREAM = 0x63726173;
