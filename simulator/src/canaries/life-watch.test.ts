import { describe, expect, it } from 'vitest';
import { LifeWatch } from './life-watch.ts';

const SLOT_MS = 5000;
const ACKNOWLEDGED = { type: 'acknowledged', boot: 1, seq: 1 } as const;

/** Ticks until the chip is found dead, in seconds; `undefined`: not within two minutes. */
function deadAfterSeconds(watch: LifeWatch): number | undefined {
  for (let tick = 1; tick <= 6000; tick++) if (watch.tick()) return tick / 50;
  return undefined;
}

function watched(): LifeWatch {
  const watch = new LifeWatch(SLOT_MS);
  watch.told({ type: 'linkUp' });
  watch.heard();
  watch.told(ACKNOWLEDGED);
  return watch;
}

describe('the watch over a chip that ticks', () => {
  it('finds it dead when two slots ended and nothing was heard, as long as slots are', () => {
    expect(deadAfterSeconds(watched())).toBe(10);
    const slower = watched();
    slower.told({ type: 'rate', slotMs: 20_000 });
    expect(deadAfterSeconds(slower)).toBe(40);
    const raw = watched();
    raw.told({ type: 'mode', mode: 'raw' });
    expect(deadAfterSeconds(raw)).toBe(1);
  });

  it('waits for a frame to go again that was not answered, or refused for now', () => {
    const unanswered = watched();
    unanswered.heard();
    expect(deadAfterSeconds(unanswered)).toBe(20);
    const refused = watched();
    refused.told({ type: 'rejected', flight: 1, device: 'later', retryAfterMs: 60_000 });
    expect(deadAfterSeconds(refused)).toBe(60);
    const dropped = watched();
    dropped.told({ type: 'rejected', flight: 1, device: 'drop', retryAfterMs: undefined });
    expect(deadAfterSeconds(dropped)).toBe(10);
  });

  it('knows nothing while the link is down, or not told of after a restart', () => {
    const down = watched();
    down.told({ type: 'linkDown' });
    expect(deadAfterSeconds(down)).toBeUndefined();
    const started = watched();
    started.restart();
    expect(deadAfterSeconds(started)).toBeUndefined();
    started.told({ type: 'linkUp' });
    expect(deadAfterSeconds(started)).toBe(10);
  });
});
