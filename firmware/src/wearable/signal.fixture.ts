import { normal, uniform } from '@gaitway/contract';

const STREAM = { signal: 2, noise: 3, fall: 5 } as const;
const PIECE_TICKS = 170;
/** A time with two falls, or what is nearly one, takes so many ticks: long enough for the rest behind the first. */
const FALLS_TICKS = 4 * PIECE_TICKS;
/** From an impact to the first one that counts again, when it was a fall. */
const AGAIN_TICKS = 350;

/** What the sensor gives at a tick of a life: six values, raw counts, written to their place in `into`. */
export function putSample(seed: number, tick: number, accelRange: number, into: Int16Array): void {
  const falls = Math.floor(tick / FALLS_TICKS);
  if (uniform(seed, STREAM.fall, falls) < 0.3)
    putFall(seed, falls, tick % FALLS_TICKS, accelRange, into.subarray(6 * tick, 6 * tick + 6));
  else putMotion(seed, tick, accelRange, into);
}

/**
 * Rest, walking, square waves, noise of the whole range, the rails, a dead sensor, or a sway that just makes a step or
 * just does not; another one every few seconds.
 */
function putMotion(seed: number, tick: number, accelRange: number, into: Int16Array): void {
  const piece = Math.floor(tick / PIECE_TICKS);
  const kind = Math.floor(uniform(seed, STREAM.signal, piece) * 7);
  // 1/32 g.
  const step = 512 >> accelRange;
  const hz = 0.5 + 8 * uniform(seed, STREAM.signal, piece, 1);
  const amplitude = 20 * 1200 ** uniform(seed, STREAM.signal, piece, 2);
  for (let axis = 0; axis < 6; axis++) {
    const phase = 2 * Math.PI * ((hz * tick) / 50 + uniform(seed, STREAM.signal, piece, 3 + axis));
    const noise = normal(seed, STREAM.noise, tick, axis);
    const value = [
      (axis === 2 ? 4096 : 0) + 9 * noise,
      (axis === 2 ? 4096 : 0) + amplitude * Math.sin(phase) + 8 * noise,
      amplitude * Math.sign(Math.sin(phase)) + 700,
      12_000 * noise,
      Math.sin(phase) > 0 ? 32_767 : -32_768,
      0,
      (axis === 2 ? 4096 : 0) + (axis === 2 ? step * (0.8 + (hz % 1)) * Math.sin(phase / 3) + 3 * noise : 0),
    ][kind]!;
    into[tick * 6 + axis] = clamped(value);
  }
}

/**
 * Two impacts with a turn behind each: near 3 g or above it, near 45 degrees or anywhere, the second one at the edges of
 * what the first one covers. A short spin and a moment of free fall lie somewhere around the first.
 */
function putFall(seed: number, falls: number, at: number, accelRange: number, into: Int16Array): void {
  const luck = (sub: number): number => uniform(seed, STREAM.fall, falls, sub);
  const pick = <T>(choices: readonly T[], sub: number): T => choices[Math.floor(luck(sub) * choices.length)]!;
  const g = 16_384 >> accelRange;
  const first = 100 + Math.floor(25 * luck(1));
  const after = [1, 24, 49, 50, 75, AGAIN_TICKS - 1, AGAIN_TICKS, AGAIN_TICKS, AGAIN_TICKS + 1];
  const second = first + (luck(2) < 0.7 ? pick(after, 3) : Math.floor(420 * luck(3)));
  const turn = (sub: number): number =>
    luck(sub) < 0.4
      ? Math.PI / 4
      : luck(sub) < 0.6
        ? Math.PI / 4 + 0.001 * (luck(sub + 1) - 0.5)
        : Math.PI * luck(sub + 1);
  const from = luck(4) < 0.6 ? Math.PI / 2 : 2 * Math.PI * luck(4);
  const angle = from + (at >= first ? turn(5) : 0) + (at >= second ? turn(7) : 0);
  const noise = luck(9) < 0.5 ? 0 : 9;
  const down = Math.floor(3 * luck(10));
  const impactAxis = Math.floor(3 * luck(11));
  const isFalling = (at >= first - 15 && at < first) || (at >= second - 15 && at < second);
  const isImpact = at === first || at === second;
  const rings = Math.min(...[at - first, at - second].filter((since) => since > 0));
  const spin = first - 80 + Math.floor(150 * luck(12));
  const dip = first - 80 + Math.floor(90 * luck(13));
  for (let axis = 0; axis < 6; axis++) {
    const own = noise * normal(seed, STREAM.noise, at + FALLS_TICKS * falls, axis);
    let value: number;
    if (axis >= 3) value = (at === spin ? 15_000 * luck(14) : isFalling ? 9000 * luck(15) : 30) + own;
    else {
      const gravity = axis === down ? g * Math.cos(angle) : axis === (down + 1) % 3 ? g * Math.sin(angle) : 0;
      value = gravity * (at === dip ? 0.1 : isFalling ? 0.4 : 1) + own;
      if (isImpact) {
        const sub = at === first ? 16 : 18;
        const over = luck(sub) < 0.5 ? pick([-1, 0, 0, 1, 2, 40], sub + 1) : 4 * g * luck(sub + 1);
        // Of 2 g no axis reaches 3 g: there it is two of them at their end, and 1 g and more on the third.
        if (accelRange > 0) value = axis === impactAxis ? 3 * g + over : 0;
        else value = axis === impactAxis ? g + over : -32_768;
      } else if (rings <= 4 && axis === impactAxis) value += 2 * g * (1 - rings / 5);
    }
    into[axis] = clamped(value);
  }
}

function clamped(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value)));
}
