import { normal, uniform } from '@gaitway/contract';

const STREAM = { life: 6, beat: 7 } as const;
/** Ticks of one kind of heart. */
const PIECE_TICKS = 400;
/** Where the chip decides: the limits of an interval, the ends of the word, and one beyond each. */
const EDGES = [3000, 2999, 3001, 20_000, 19_999, 20_001, 1, 65_535];
const NO_POWER = -1;

/**
 * What the hub finds at each tick of a life: the interval of a beat in 0.1 ms, 0, or -1 where it has no power. Hearts of all
 * rates, intervals at the limits, beats at every tick, none for long, and a hub whose power fails for a tick or for long,
 * or that was never there.
 */
export function pulsesOf(seed: number, ticks: number): Int32Array {
  const pulses = new Int32Array(ticks);
  if (uniform(seed, STREAM.life, 1) < 0.1) return pulses.fill(NO_POWER);
  const fails = uniform(seed, STREAM.life, 2) < 0.5 ? 0.001 : 0;
  let powerFrom = 0;
  let next = 0;
  for (let tick = 0; tick < ticks; tick++) {
    const piece = Math.floor(tick / PIECE_TICKS);
    const luck = (at: number): number => uniform(seed, STREAM.beat, tick, at);
    // What fails fails again soon: while the chip still sets the hub up.
    if (luck(1) < (fails > 0 && powerFrom > 0 && tick < powerFrom + 14 ? 0.1 : fails))
      powerFrom = tick + 1 + Math.floor(300 * luck(2) ** 6);
    if (tick < powerFrom) {
      pulses[tick] = NO_POWER;
      continue;
    }
    const kind = uniform(seed, STREAM.life, 3, piece);
    if (kind < 0.1) continue;
    const edge = EDGES[Math.floor(luck(3) * EDGES.length)]!;
    if (kind < 0.2) pulses[tick] = luck(4) < 0.1 ? edge : 3000 + Math.floor(17_001 * luck(5));
    else if (kind < 0.25) pulses[tick] = luck(6) < 0.03 ? [2999, 20_001][Math.floor(luck(5) * 2)]! : 0;
    else if (kind < 0.35) pulses[tick] = luck(6) < 0.3 ? 3000 + Math.floor(17_001 * luck(5)) : 0;
    else if (tick >= next) {
      const usual = 3500 + 10_000 * uniform(seed, STREAM.life, 4, piece);
      const spread = 10 ** (3.5 * uniform(seed, STREAM.life, 5, piece));
      const interval = Math.max(1, Math.round(usual + spread * normal(seed, STREAM.beat, tick, 7)));
      pulses[tick] = luck(8) < 0.03 ? edge : interval;
      next = tick + Math.ceil(interval / 200);
    }
  }
  return pulses;
}

/** As the board's source and the twin take it. */
export function pulseAt(pulses: Int32Array, tick: number): number | undefined {
  const interval = pulses[tick];
  return interval === undefined || interval === NO_POWER ? undefined : interval;
}

export function hasHub(seed: number): boolean {
  return uniform(seed, STREAM.life, 0) < 0.6;
}
