import { createStageTimer } from '@gaitway/reference-server';
import { describe, expect, it } from 'vitest';
import { runMemoryFleet } from './testing/memory-fleet.ts';

const HARSH = {
  delayMs: { min: 1, max: 900 },
  connectFailureShare: 0.2,
  cutShare: 0.03,
  lostAnswerShare: 0.03,
  repeatedShare: 0.03,
};

describe("a worker's stages", () => {
  it('count what devices do, and change nothing of it', async () => {
    const stages = createStageTimer(() => 0);
    const plain = await runMemoryFleet({ devices: 30, faults: HARSH });
    const timed = await runMemoryFleet({ devices: 30, faults: HARSH, stages });
    expect(timed.digest).toBe(plain.digest);
    expect(timed.ends).toEqual(plain.ends);
    const { all, retransmitted, connectAttempts } = timed.ends[0]!.counters;
    const calls = Object.fromEntries(stages.stages().map(({ stage, calls }) => [stage, calls]));
    expect(Object.keys(calls).sort()).toEqual(
      ['acknowledge', 'connect', 'ledger', 'patients', 'schedule', 'send', 'twin'].sort(),
    );
    expect(calls).toMatchObject({
      patients: all.due,
      send: all.sent + retransmitted,
      // Each reading is made, and resolved.
      ledger: 2 * all.due,
    });
    expect(calls.connect).toBeGreaterThan(connectAttempts);
    expect(calls.acknowledge).toBeGreaterThan(all.acknowledged / 2);
    expect(calls.twin).toBeGreaterThan(2 * all.due);
  });

  it('share the time among them: what lies inside another is counted once', async () => {
    // A clock that moves on by 1 with each look: then what was timed cannot exceed the looks.
    let looks = 0;
    const stages = createStageTimer(() => looks++);
    await runMemoryFleet({ devices: 2, measureMs: 4000, stages });
    const found = stages.stages();
    expect(found.every(({ calls }) => calls < 64)).toBe(true);
    const total = found.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    expect(total).toBeGreaterThan(found.length);
    expect(total).toBeLessThanOrEqual(looks);
  });
});
