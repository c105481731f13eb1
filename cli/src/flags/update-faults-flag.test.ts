import { UPDATE_FAULTS } from '@gaitway/simulator/update-faults';
import { describe, expect, it } from 'vitest';
import { updateFaultsFlagged } from './update-faults-flag.ts';

describe('--update-faults', () => {
  it('gives each fault its share, and all of them alike', () => {
    expect(updateFaultsFlagged(undefined)).toEqual({});
    expect(updateFaultsFlagged('not_taken=0.1, cut_trial=0.25')).toEqual({
      updateFaults: { not_taken: 0.1, cut_trial: 0.25 },
    });
    const { updateFaults } = updateFaultsFlagged('all=0.22');
    expect(Object.keys(updateFaults!)).toEqual([...UPDATE_FAULTS]);
    for (const share of Object.values(updateFaults!)) expect(share).toBeCloseTo(0.22 / 11, 12);
    expect(updateFaultsFlagged('not_taken=0.5,bad_hash=0.5').updateFaults).toBeDefined();
  });

  it.each([
    ['explodes=0.1', /there is no fault 'explodes': there are not_taken, .*cut_restoring, and all/],
    ['not_taken', /not_taken is no fault with its share/],
    ['not_taken=0.1=2', /is no fault with its share/],
    ['not_taken=0.1,', /an empty place is no fault with its share/],
    ['not_taken=', /not_taken: '' is no share of the devices, a number from 0 to 1/],
    ['not_taken=1.5', /not_taken: '1.5' is no share of the devices, a number from 0 to 1/],
    ['not_taken=-0.1', /a number from 0 to 1/],
    ['not_taken=half', /'half' is no share/],
    ['not_taken=0.1,not_taken=0.2', /not_taken is there twice/],
    ['not_taken=0.7,bad_hash=0.7', /the shares add up to 1.4, more than all devices/],
    ['all=0.1,bad_hash=0.1', /all stands for every fault/],
  ])('refuses %s, and says what is allowed', (written, says) => {
    expect(() => updateFaultsFlagged(written)).toThrow(says);
  });
});
