import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceIndexOf, shareSize, workerOf } from './share.ts';

describe('share', () => {
  it('gives every device to exactly one worker, whatever their number', () => {
    for (let workers = 1; workers <= 17; workers++) {
      for (const devices of [0, 1, workers - 1, workers, workers + 1, 100, 101]) {
        const owners = new Map<number, number>();
        for (let worker = 0; worker < workers; worker++) {
          const size = shareSize(devices, { worker, workers });
          for (let local = 0; local < size; local++) {
            const device = deviceIndexOf(local, { worker, workers });
            expect(owners.has(device)).toBe(false);
            expect(workerOf(device, workers)).toBe(worker);
            owners.set(device, worker);
          }
        }
        expect([...owners.keys()].sort((a, b) => a - b)).toEqual(
          Array.from({ length: devices }, (_, i) => i),
        );
      }
    }
  });

  it('differs by one device at most between workers', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 64 }), (devices, workers) => {
        const sizes = Array.from({ length: workers }, (_, worker) => shareSize(devices, { worker, workers }));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(devices);
      }),
    );
  });

  it('refuses a worker that does not exist', () => {
    for (const share of [
      { worker: 2, workers: 2 },
      { worker: -1, workers: 2 },
      { worker: 0, workers: 0 },
      { worker: 0.5, workers: 2 },
    ]) {
      expect(() => shareSize(10, share)).toThrow(RangeError);
    }
  });
});
