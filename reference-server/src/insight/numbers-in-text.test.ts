import { expect, it } from 'vitest';
import { numbersIn } from './numbers-in-text.ts';

const valuesIn = (text: string) => numbersIn(text).map(({ value }) => value);

it.each([
  ['in 31 of 58 windows', [31, 58]],
  ['a mean of 0.62, then 1,440.', [0.62, 1440]],
  ['-0.12 and −0.3', [-0.12, -0.3]],
  ['0.5-0.7', [0.5, 0.7]],
  ['three of twenty-five', [3, 20, 5]],
  ['twice, half, a dozen and two thirds', [2, 0.5, 12, 2, 2 / 3]],
  ['Often, someone walks alone', []],
  ['one alone', [1]],
])('finds the numbers of "%s"', (text, values) => {
  expect(valuesIn(text).sort()).toEqual([...values].sort());
});

it.each(['T1 rose', 'in x2 windows', 'in Ⅳ windows', 'in ٣ windows', '10²3', '½ of it', 'v1.2.3'])(
  'lets no digit of "%s" pass unseen',
  (text) => {
    expect(numbersIn(text).length).toBeGreaterThan(0);
  },
);

it('takes the unit with a number, and percent apart', () => {
  expect(numbersIn('30 minutes, 62 % and 40 percent')).toMatchObject([
    { value: 30, unit: 'minute', percent: false, decimals: 0 },
    { value: 62, percent: true },
    { value: 40, percent: true },
  ]);
});
