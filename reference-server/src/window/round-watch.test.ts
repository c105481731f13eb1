import { expect, it } from 'vitest';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { RoundWatch } from './round-watch.ts';

it('a round that failed at one step and then waits at the next is said to wait', () => {
  const clock = createManualClock();
  const watch = new RoundWatch(clock, 1000);
  watch.begin();
  watch.reach('read');
  watch.fail(new Error('gone'));
  clock.passMs(1001);
  expect(watch.problem()).toContain('reading the log fails: gone');
  watch.begin();
  watch.reach('read');
  expect(watch.problem()).toContain('reading the log fails: gone');
  watch.reach('archive');
  expect(watch.problem()).toContain('it is still writing to the archive');
  watch.complete();
  expect(watch.problem()).toBeNull();
});
