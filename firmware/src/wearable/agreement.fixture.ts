import { FrameKind, readU32 } from '@gaitway/contract';
import { expect } from 'vitest';
import type { Sent } from './trace.fixture.ts';

const KINDS = Object.fromEntries(Object.entries(FrameKind).map(([name, kind]) => [kind, name]));

/** For a message of what differs. */
function describeSent({ tick, flight, hex }: Sent, withTick: boolean): string {
  const bytes = Buffer.from(hex, 'hex');
  const when = withTick ? `tick ${tick} ` : '';
  return `${when}flight ${flight} ${KINDS[bytes[1]!]} flags ${bytes[2]} ${bytes.readUInt16LE(8)}:${readU32(bytes, 12)} ${hex}`;
}

/** `undefined`: the same frames, in the same order. Otherwise the first that differs, in words. */
export function difference(twin: Sent[], other: Sent[], withTick = true): string | undefined {
  for (let i = 0; i < Math.max(twin.length, other.length); i++) {
    const [expected, found] = [twin[i], other[i]].map((one) => one && describeSent(one, withTick));
    if (expected !== found)
      return `frame ${i} (ticks ${twin[i]?.tick} and ${other[i]?.tick})\n  twin ${expected}\n  chip ${found}`;
  }
  return undefined;
}

export function expectSame(seed: number, twin: Sent[], other: Sent[], withTick = true): void {
  const differs = difference(twin, other, withTick);
  if (differs !== undefined) expect.fail(`seed ${seed}, ${differs}`);
}
