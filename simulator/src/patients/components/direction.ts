import type { Direction } from './noise.ts';

export function unit(x: number, y: number, z: number): Direction {
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}

/** A direction at right angles to `to`, in the plane of `to` and `near`. */
export function across(to: Direction, near: Direction): Direction {
  const along = to[0] * near[0] + to[1] * near[1] + to[2] * near[2];
  const [x, y, z] = [near[0] - along * to[0], near[1] - along * to[1], near[2] - along * to[2]];
  // Parallel ones have no such plane: any direction across will do.
  if (Math.hypot(x, y, z) < 1e-6) return unit(to[1], to[2] - to[0], -to[1]);
  return unit(x, y, z);
}

/** What a direction that stands still in the world becomes to one who turned by `degrees` around `axis` (Rodrigues). */
export function seenAfterTurn(direction: Direction, axis: Direction, degrees: number): Direction {
  const angle = (degrees * Math.PI) / 180;
  const [x, y, z] = direction;
  const [a, b, c] = axis;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const kept = (1 - cos) * (a * x + b * y + c * z);
  return unit(
    cos * x - sin * (b * z - c * y) + kept * a,
    cos * y - sin * (c * x - a * z) + kept * b,
    cos * z - sin * (a * y - b * x) + kept * c,
  );
}
