import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdentitySet } from './identity-set.ts';

describe('IdentitySet', () => {
  it('holds what a plain set of strings holds, in ranges that are as few as can be', () => {
    const identity = fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: 0, max: 25 }),
    );
    fc.assert(
      fc.property(fc.array(identity, { maxLength: 60 }), (identities) => {
        const set = new IdentitySet();
        const exact = new Set<string>();
        for (const [device, boot, seq] of identities) {
          const key = `${device}:${boot}:${seq}`;
          expect(set.add(device, boot, seq)).toBe(!exact.has(key));
          exact.add(key);
        }
        const held = set.ranges.flatMap((range) =>
          Array.from(
            { length: range.toSeq - range.fromSeq + 1 },
            (_, i) => `${range.device}:${range.boot}:${range.fromSeq + i}`,
          ),
        );
        expect(new Set(held)).toEqual(exact);
        expect(held.length).toBe(exact.size);
        for (const key of exact) {
          const [device, boot, seq] = key.split(':').map(Number);
          expect(set.has(device!, boot!, seq!)).toBe(true);
        }
        for (let i = 1; i < set.ranges.length; i++) {
          const [before, after] = [set.ranges[i - 1]!, set.ranges[i]!];
          const touches =
            before.device === after.device && before.boot === after.boot && before.toSeq + 1 >= after.fromSeq;
          expect(touches).toBe(false);
        }
      }),
    );
  });
});
