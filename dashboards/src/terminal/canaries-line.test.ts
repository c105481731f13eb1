import { expect, it } from 'vitest';
import { canariesLine } from './canaries-line.ts';

it('says of the chips of a run how busy they were and what went wrong with them', () => {
  const fine = { devices: 1, firmware: '1.0.0', imageSha256: 'a', busyShareMax: 0.034, logs: {} };
  expect(canariesLine({ ...fine, resets: {}, damaged: 0, hung: [] })).toBe(
    'Chips: 1 board with firmware 1.0.0, the busiest at work 3.4 % of its time; 0 restarts, 0 damaged messages, 0 hung.',
  );
  const ill = {
    ...fine,
    devices: 5,
    resets: { watchdog: 2, brownOut: 1 },
    damaged: 4,
    hung: ['one of them'],
  };
  expect(canariesLine(ill)).toMatch(
    /^Chips: 5 boards .*; 3 restarts \(watchdog 2, brownOut 1\), 4 damaged messages, 1 hung\.$/,
  );
});
