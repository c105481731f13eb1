import { describe, expect, it } from 'vitest';
import type { Benchmark } from './benchmark.ts';
import { helpText, readOptions } from './options.ts';

const benchmark = (name: string, long = false): Benchmark => ({
  name,
  says: `what ${name} costs`,
  long,
  estimateSeconds: () => 1,
  run: async () => [],
});
const ALL = [benchmark('a'), benchmark('b'), benchmark('c', true)];

function chosen(...args: string[]): string[] {
  const options = readOptions(args, ALL);
  if (typeof options === 'string') throw new Error(options);
  return options.chosen.map(({ name }) => name);
}

describe('the command line of the benchmarks', () => {
  it('runs the long ones only when asked to, by flag or by name', () => {
    expect(chosen()).toEqual(['a', 'b']);
    expect(chosen('--long')).toEqual(['a', 'b', 'c']);
    expect(chosen('--only', 'c', '--only', 'a')).toEqual(['a', 'c']);
  });

  it('says what there is when a name is wrong', () => {
    expect(readOptions(['--only', 'd'], ALL)).toBe('There is no benchmark "d". There are: a, b, c.');
  });

  it('says what is wrong with an unknown flag or a stray word', () => {
    expect(readOptions(['--fast'], ALL)).toContain('--fast');
    expect(readOptions(['a'], ALL)).toContain('See --help.');
  });

  it('names every benchmark in its help', () => {
    for (const { says } of ALL) expect(helpText(ALL)).toContain(says);
  });
});
