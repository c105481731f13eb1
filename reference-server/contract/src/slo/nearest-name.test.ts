import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearestName } from './nearest-name.ts';

describe('the nearest name', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
  ])("'%s' and '%s' differ by %i", (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  it.each([
    ['porduction', 'production'],
    ['prod', 'production'],
    ['MVP', 'mvp'],
    ['smok', 'smoke'],
    ['mpv', 'mvp'],
  ])("for '%s' is '%s'", (written, name) => {
    expect(nearestName(written, ['mvp', 'production', 'smoke'])).toBe(name);
  });

  it('is none where nothing is near, and the whole list is given instead', () => {
    expect(nearestName('zebra', ['mvp', 'smoke'])).toBeUndefined();
    expect(didYouMean('zebra', ['mvp', 'smoke'])).toBe('there is: mvp, smoke');
  });
});
