import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { progressBar, sparkline } from './bars.ts';
import { liveState } from './live-state.fixture.ts';
import { renderLiveView } from './live-view.ts';
import { clockText, numberText, timeText } from './number-text.ts';
import { renderProgressLine } from './progress-line.ts';
import { fitted, wantsColour, widthOf } from './style.ts';

const plain = (changes: Parameters<typeof liveState>[0] = {}, columns = 79) =>
  renderLiveView(liveState(changes), { columns, colour: false }).join('\n');
const ill = {
  devices: { connected: 96, planned: 100 },
  ack: { ...liveState().ack, p95Ms: 1240, p99Ms: 3000 },
  generator: { ...liveState().generator, reasons: ['Worker 0 stood still.', 'And more.'] },
};

describe('the live view', () => {
  it('is never wider than the terminal, whatever it shows', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        fc.nat(1e9),
        fc.string(),
        (columns, colour, count, name) => {
          const scenario = stripVTControlCharacters(name).replace(/\p{C}/gu, '');
          const state = liveState({ ...ill, scenario, patients: count, alerts: count, elapsedMs: count });
          for (const line of renderLiveView(state, { columns, colour }))
            expect(widthOf(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('says the same with colour and without', () => {
    const coloured = renderLiveView(liveState(), { columns: 79, colour: true }).join('\n');
    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(plain());
  });

  it('shows that the patients are synthetic, and everything that is measured, in 79 columns', () => {
    const text = plain();
    expect(text).not.toContain('…');
    for (const part of [
      '100 synthetic patients',
      'seed 7',
      '0:49 / 1:16',
      'measure',
      '0:27 left',
      '100 of 100 devices',
      '5 of 5 viewers',
      '20.1/s of 20/s',
      '4.12 ms',
      '11.8 ms',
      '24.0 ms',
      'p95 < 200 ms p99 < 500 ms',
      '41.3 ms',
      '0 windows closed',
      '3 alerts',
      'keeps up',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('says in words what is wrong', () => {
    const text = plain(ill);
    for (const part of [
      '(4 missing)',
      'p95 > 200 ms! p99 > 500 ms!',
      'INVALID',
      'Worker 0 stood still. (and 1 more)',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('…');
  });

  it('has a form of one line, which says when the generator does not keep up', () => {
    const line = renderProgressLine(liveState());
    expect(line).toBe('0:49 measure | 100/100 devices | 20.1/s | ack p95 11.8 ms | 0 windows | 3 alerts');
    expect(widthOf(line)).toBeLessThanOrEqual(80);
    expect(renderProgressLine(liveState(ill))).toMatch(/generator INVALID: Worker 0 stood still\.$/);
  });
});

describe('a text for people', () => {
  it('is no wider than it may be, whatever it says, and loses no word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 12 })),
        fc.integer({ min: 30, max: 120 }),
        (words, columns) => {
          const text = words.join(' ').replace(/\p{C}/gu, '');
          const lines = fitted(text, columns).split('\n');
          for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(lines.join(' ').replace(/\s+/g, '')).toBe(text.replace(/\s+/g, ''));
        },
      ),
    );
  });

  it.each([
    ['  an indent of two', 12, '  an indent\n  of two'],
    ['- a point that is long', 12, '- a point\n  that is\n  long'],
    ['Record  the file of it', 14, 'Record  the\n        file\n        of it'],
    ['a/path/that/is/longer', 8, 'a/path/that/is/longer'],
    ['  gaitway run smoke --seed 7', 12, '  gaitway run smoke --seed 7'],
  ])('%j in %d columns', (text, columns, shown) => expect(fitted(text, columns)).toBe(shown));
});

describe('texts of numbers', () => {
  it.each([
    [0, '0'],
    [20.14, '20.1'],
    [1234.5, '1,235'],
    [1_000_000, '1,000,000'],
  ])('%d is %s', (value, text) => expect(numberText(value)).toBe(text));

  it.each([
    [null, '-'],
    [0.4, '0.40 ms'],
    [99.97, '100 ms'],
    [999.6, '1.00 s'],
    [12_340, '12.3 s'],
  ])('%s ms is %s', (value, text) => expect(timeText(value)).toBe(text));

  it.each([
    [0, '0:00'],
    [75_400, '1:15'],
    [3_605_000, '1:00:05'],
  ])('%d ms on the clock is %s', (value, text) => expect(clockText(value)).toBe(text));
});

describe('bars', () => {
  it('show the newest values, from 0 to the largest', () => {
    expect(sparkline([9, 0, null, 4, 8], 4)).toBe('▁ ▅█');
    expect(sparkline([0, 0], 5)).toBe('▁▁');
    expect(sparkline([1], 0)).toBe('');
  });

  it('are never longer than they may be', () => {
    expect(progressBar(7, 5)).toBe('█████');
    expect(progressBar(-1, 5)).toBe('░░░░░');
  });
});

describe('colour', () => {
  it.each([
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{}, false, false],
  ])('with %j on a terminal (%s) is wanted: %s', (environment, isTerminal, wanted) => {
    expect(wantsColour(environment, isTerminal)).toBe(wanted);
  });
});
