import type { Clock, TimerHandle } from '@gaitway/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { Harness, settingsFor, until } from './gateway/running-server.fixture.ts';
import { realClock } from './real-clock.ts';
import { type RunningServer, startServer } from './server.ts';

interface OwnTimer {
  delayMs: number;
  callback: () => void;
  under: TimerHandle;
}

/** The real clock, whose timers can be held back while its time goes on. */
class HoldingClock implements Clock {
  private readonly held = new Set<OwnTimer>();
  private holds = false;
  private aheadMs = 0;

  epochMs(): number {
    return realClock.epochMs();
  }

  monotonicMs(): number {
    return realClock.monotonicMs() + this.aheadMs;
  }

  setTimer(delayMs: number, callback: () => void): TimerHandle {
    const timer: OwnTimer = { delayMs, callback, under: undefined };
    if (this.holds) this.held.add(timer);
    else timer.under = realClock.setTimer(delayMs, callback);
    return timer;
  }

  clearTimer(handle: TimerHandle): void {
    const timer = handle as OwnTimer | undefined;
    if (timer === undefined || this.held.delete(timer)) return;
    realClock.clearTimer(timer.under);
  }

  hold(): void {
    this.holds = true;
  }

  goAhead(ms: number): void {
    this.aheadMs += ms;
  }

  letGo(): void {
    this.holds = false;
    for (const timer of this.held) timer.under = realClock.setTimer(timer.delayMs, timer.callback);
    this.held.clear();
  }
}

const ready = async ({ url }: RunningServer) => {
  const answer = await fetch(`${url}/ready`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

describe('the readiness of a server', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  it('ends while its processor completes no round, and says so; it is alive all the same', async () => {
    const clock = new HoldingClock();
    const settings = settingsFor({ dataFolder: harness.folder(), roles: ['processor'] });
    const server = await startServer(settings, clock, { info: () => {}, warn: () => {} });
    harness.later(() => server.stop({ drainMs: 0 }));
    expect((await ready(server)).body).toMatchObject({ checks: expect.arrayContaining(['processor']) });

    clock.hold();
    // A round that was under way may still end, and count from then.
    await until(async () => {
      clock.goAhead(3 * settings.leaseTtlMs);
      return (await ready(server)).status === 503;
    });
    expect((await ready(server)).body).toMatchObject({
      detail: 'Not ready: processor.',
      problems: [{ at: 'processor', says: expect.stringMatching(/^has completed no round for /) }],
    });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);

    clock.letGo();
    await until(async () => (await ready(server)).status === 200);
  });

  it('does not ask for a processor where there is none', async () => {
    const server = await harness.start({ roles: ['gateway', 'api'] });
    const { status, body } = await ready(server);
    expect(status).toBe(200);
    expect(body.checks).not.toContain('processor');
  });
});
