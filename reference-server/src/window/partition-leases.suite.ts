import { afterEach, describe, expect, it } from 'vitest';
import type { PartitionLeases } from './partition-leases.ts';

/** Two instances' view of the same leases, none of which is held. */
export interface PartitionLeasesUnderTest {
  one: PartitionLeases;
  other: PartitionLeases;
  /** How long leases last that a test lets run out: short enough to be waited for. */
  ttlMs: number;
  /** Lets at least this much time pass in the store. */
  elapse: (durationMs: number) => Promise<void>;
  /** Closes both and opens what they left behind. Absent: nothing outlives the objects. */
  reopen?: () => Promise<PartitionLeases>;
  dispose: () => Promise<void>;
}

/** How long leases last that must not run out in a test, however slow the machine. */
const HOLDS_MS = 600_000;
const TRIES_MAX = 100;

/** The behaviour of all partition leases. */
export function describePartitionLeases(name: string, make: () => Promise<PartitionLeasesUnderTest>): void {
  describe(`partition leases: ${name}`, () => {
    let opened: PartitionLeasesUnderTest[] = [];
    afterEach(async () => {
      for (const made of opened) await made.dispose();
      opened = [];
    });

    async function open(): Promise<PartitionLeasesUnderTest> {
      const made = await make();
      opened.push(made);
      return made;
    }

    it('give a partition to one owner at a time', async () => {
      const { one, other } = await open();
      const lease = await one.acquire(3, 'a', HOLDS_MS);
      expect(lease).toMatchObject({ partition: 3, owner: 'a' });
      expect(lease!.epoch).toBeGreaterThan(0);
      expect(await other.acquire(3, 'b', HOLDS_MS)).toBeNull();
      expect(await other.acquire(4, 'b', HOLDS_MS)).toMatchObject({ partition: 4, owner: 'b' });
    });

    it('give a partition to exactly one of many who ask at once', async () => {
      const { one, other } = await open();
      const asked = await Promise.all(
        Array.from({ length: 10 }, (_, i) => (i % 2 ? one : other).acquire(0, `owner-${i}`, HOLDS_MS)),
      );
      expect(asked.filter((lease) => lease !== null)).toHaveLength(1);
    });

    it('that ran out may be taken, with a higher epoch, and the old owner cannot renew', async () => {
      const { one, other, ttlMs, elapse } = await open();
      const old = (await one.acquire(0, 'a', ttlMs))!;
      await elapse(ttlMs + 1);
      const taken = (await other.acquire(0, 'b', HOLDS_MS))!;
      expect(taken.epoch).toBeGreaterThan(old.epoch);
      expect(await one.renew(old, ttlMs)).toBe(false);
      expect(await other.renew(taken, HOLDS_MS)).toBe(true);
    });

    it('that ran out cannot be renewed, even if nobody took them', async () => {
      const { one, ttlMs, elapse } = await open();
      const lease = (await one.acquire(0, 'a', ttlMs))!;
      await elapse(ttlMs + 1);
      expect(await one.renew(lease, ttlMs)).toBe(false);
    });

    it('that are renewed stay, past the time they were given for', async () => {
      const { one, other, ttlMs, elapse } = await open();
      // On a slow machine a lease may run out before its renewal arrives: then another one is taken.
      let lease = (await one.acquire(0, 'a', ttlMs))!;
      for (let tries = 1; !(await one.renew(lease, HOLDS_MS)); tries++) {
        expect(tries).toBeLessThan(TRIES_MAX);
        lease = (await one.acquire(0, 'a', ttlMs))!;
      }
      await elapse(ttlMs + 1);
      expect(await other.acquire(0, 'b', ttlMs)).toBeNull();
      expect(await one.renew(lease, ttlMs)).toBe(true);
    });

    it('that are released can be taken at once, with a higher epoch', async () => {
      const { one, other } = await open();
      const lease = (await one.acquire(0, 'a', HOLDS_MS))!;
      await one.release(lease);
      expect(await one.renew(lease, HOLDS_MS)).toBe(false);
      expect((await other.acquire(0, 'b', HOLDS_MS))!.epoch).toBeGreaterThan(lease.epoch);
    });

    it('are not touched by the release of an owner that lost them', async () => {
      const { one, other, ttlMs, elapse } = await open();
      const old = (await one.acquire(0, 'a', ttlMs))!;
      await elapse(ttlMs + 1);
      const taken = (await other.acquire(0, 'b', HOLDS_MS))!;
      await one.release(old);
      expect(await one.acquire(0, 'a', ttlMs)).toBeNull();
      expect(await other.renew(taken, ttlMs)).toBe(true);
    });

    it('acquired again by their own owner have a higher epoch, and the earlier lease is lost', async () => {
      const { one, other } = await open();
      const before = (await one.acquire(0, 'a', HOLDS_MS))!;
      const after = (await other.acquire(0, 'a', HOLDS_MS))!;
      expect(after.epoch).toBeGreaterThan(before.epoch);
      expect(await one.renew(before, HOLDS_MS)).toBe(false);
      expect(await other.renew(after, HOLDS_MS)).toBe(true);
    });

    it('keep an epoch for each partition that grows by one', async () => {
      const { one } = await open();
      const epochs: number[] = [];
      for (let i = 0; i < 12; i++) {
        const lease = (await one.acquire(0, 'a', HOLDS_MS))!;
        epochs.push(lease.epoch);
        await one.release(lease);
      }
      expect(epochs).toEqual(epochs.map((_, i) => epochs[0]! + i));
      expect((await one.acquire(1, 'a', HOLDS_MS))!.epoch).toBe(epochs[0]);
    });

    it('know who takes part: owners that were seen lately, the one that asks included', async () => {
      const { one, other, ttlMs, elapse } = await open();
      expect(await one.owners('a', HOLDS_MS)).toEqual(['a']);
      expect([...(await other.owners('b', HOLDS_MS))].sort()).toEqual(['a', 'b']);
      expect([...(await one.owners('a', HOLDS_MS))].sort()).toEqual(['a', 'b']);
      await elapse(ttlMs + 1);
      expect(await one.owners('a', ttlMs)).toEqual(['a']);
    });

    it('opened again, go on above the epochs that were given', async () => {
      const made = await open();
      const lease = (await made.one.acquire(0, 'a', made.ttlMs))!;
      await made.one.release(lease);
      const again = made.reopen ? await made.reopen() : made.other;
      expect((await again.acquire(0, 'a', made.ttlMs))!.epoch).toBe(lease.epoch + 1);
    });
  });
}
