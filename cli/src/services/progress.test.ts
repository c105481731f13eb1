import type { Clock } from '@gaitway/contract';
import { expect, it } from 'vitest';
import { Progress } from './progress.ts';

it('is silent for 2 s, then says a line every 2 s, and from 10 s on what is left', () => {
  let nowMs = 1000;
  const lines: string[] = [];
  const clock = { monotonicMs: () => nowMs } as Clock;
  const progress = new Progress(clock, (line) => lines.push(line), 'windows read');
  const at = (ms: number, done: number) => {
    nowMs = 1000 + ms;
    progress.at(done, 12_000);
  };
  at(1999, 10);
  expect(lines).toEqual([]);
  at(2000, 1000);
  at(3999, 1500);
  at(9999, 4000);
  at(12_000, 6000);
  expect(lines).toEqual([
    '  1,000 of 12,000 windows read',
    '  4,000 of 12,000 windows read',
    '  6,000 of 12,000 windows read, about 12 s left',
  ]);
});
