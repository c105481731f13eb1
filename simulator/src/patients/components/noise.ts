import { normal, uniform } from '@gaitway/contract';
import { SECONDS_PER_SAMPLE } from './motion-buffer.ts';

/** An Ornstein-Uhlenbeck process: noise of standard deviation `sd` that forgets itself in `tauSeconds`. Exact update. */
export class Drift {
  private value: number;
  private readonly keep: number;
  private readonly add: number;
  private readonly seed: number;
  private readonly stream: number;
  private readonly sub: number;
  private sample = 0;

  constructor(seed: number, stream: number, sub: number, sd: number, tauSeconds: number) {
    this.seed = seed;
    this.stream = stream;
    this.sub = sub;
    this.keep = Math.exp(-SECONDS_PER_SAMPLE / tauSeconds);
    this.add = sd * Math.sqrt(1 - this.keep * this.keep);
    this.value = sd * normal(seed, stream, 0, sub);
  }

  next(): number {
    this.sample += 1;
    this.value = this.keep * this.value + this.add * normal(this.seed, this.stream, this.sample, this.sub);
    return this.value;
  }
}

/** A direction, every one as likely. */
export function randomDirection(seed: number, stream: number, sub: number): [number, number, number] {
  const z = 2 * uniform(seed, stream, 0, sub) - 1;
  const angle = 2 * Math.PI * uniform(seed, stream, 1, sub);
  const flat = Math.sqrt(1 - z * z);
  return [flat * Math.cos(angle), flat * Math.sin(angle), z];
}
