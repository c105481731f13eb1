import { EventEmitter } from 'node:events';
import type { Clock } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { FRAME_EVERY_MS, LiveScreen } from './live-screen.ts';
import { liveState } from './live-state.fixture.ts';

class Stream extends EventEmitter {
  written: string[] = [];
  columns = 100;
  write(text: string): void {
    this.written.push(text);
  }
}

/** Time that stands still until it is told to go on; one timer is all that a screen sets. */
function handClock() {
  let nowMs = 0;
  let timer: { dueMs: number; callback: () => void } | undefined;
  const clock: Clock = {
    epochMs: () => nowMs,
    monotonicMs: () => nowMs,
    setTimer: (delayMs, callback) => {
      timer = { dueMs: nowMs + delayMs, callback };
      return timer;
    },
    clearTimer: (handle) => {
      if (timer === handle) timer = undefined;
    },
  };
  const goOn = (byMs: number) => {
    nowMs += byMs;
    const due = timer;
    if (due !== undefined && due.dueMs <= nowMs) {
      timer = undefined;
      due.callback();
    }
  };
  return { clock, goOn, isWaiting: () => timer !== undefined };
}

function open() {
  const stream = new Stream();
  const exit = new EventEmitter();
  const time = handClock();
  return { stream, exit, ...time, screen: new LiveScreen(stream, time.clock, exit, { colour: false }) };
}

describe('the live screen', () => {
  it('draws at most four times a second, and the newest state is drawn in the end', () => {
    const { stream, screen, goOn } = open();
    for (let alerts = 1; alerts <= 50; alerts++) screen.update(liveState({ alerts }));
    expect(stream.written.filter((text) => text.includes('GAITWAY'))).toHaveLength(1);
    goOn(FRAME_EVERY_MS);
    const frames = stream.written.filter((text) => text.includes('GAITWAY'));
    expect(frames).toHaveLength(2);
    expect(frames[1]).toContain('50 alerts');
  });

  it('goes up by the lines that it drew, also when a narrower terminal has wrapped them', () => {
    const { stream, screen, goOn } = open();
    screen.update(liveState());
    const lines = stream.written.at(-1)!.split('\n').length - 1;
    goOn(FRAME_EVERY_MS);
    screen.update(liveState());
    expect(stream.written.at(-1)).toContain(`\u001b[${lines}A`);
    stream.columns = 50;
    stream.emit('resize');
    const up = Number(/\[(\d+)A/.exec(stream.written.at(-1)!)?.[1]);
    expect(up).toBeGreaterThan(lines);
  });

  it('hides the cursor and gives it back once, however it ends', () => {
    for (const end of ['close', 'exit'] as const) {
      const { stream, exit, screen, isWaiting } = open();
      screen.update(liveState());
      screen.update(liveState({ alerts: 9 }));
      expect(stream.written[0]).toBe('\u001b[?25l');
      if (end === 'exit') exit.emit('exit');
      screen.close();
      screen.close();
      screen.update(liveState());
      expect(stream.written.filter((text) => text === '\u001b[?25h')).toHaveLength(1);
      expect(stream.written.at(-1)).toBe('\u001b[?25h');
      expect(stream.written.at(-2)).toContain('9 alerts');
      expect(isWaiting()).toBe(false);
      expect(stream.listenerCount('resize') + exit.listenerCount('exit')).toBe(0);
    }
  });
});
