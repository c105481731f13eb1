import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@gaitway/contract';
import { expect } from 'vitest';

/** The record of the only run in a data folder. */
export function recordIn(data: string): RunRecord {
  const ids = readdirSync(join(data, 'runs'));
  expect(ids).toHaveLength(1);
  return JSON.parse(readFileSync(join(data, 'runs', ids[0]!, 'run.json'), 'utf8')) as RunRecord;
}

const NOTHING_BROKEN = { lost: 0, duplicated: 0, phantom: 0, misattributed: 0, wrongContent: 0 };

/**
 * What must be true of a run that nobody disturbed, however busy the machine was: every reading is accounted for,
 * and exit code, verdict and reasons say the same. Whether latency held is a matter of the machine; that a run on
 * a machine too busy to say so is called invalid is what the product promises.
 */
export function expectSoundRun(record: RunRecord, code: number | null): void {
  const { audit, verdict, verdicts, generator } = record;
  expect(audit).toMatchObject({ verdict: 'holds', ...NOTHING_BROKEN });
  expect(audit.compared.windows.complete).toBeGreaterThan(0);
  expect(audit.compared.stored).toBeGreaterThan(0);
  expect(generator.valid).toBe(generator.reasons.length === 0);
  const deciding = verdicts.filter(({ severity }) => severity === 'must').map((each) => each.verdict);
  switch (code) {
    case 0:
      expect(new Set(deciding)).toEqual(new Set(['holds']));
      expect({ verdict, valid: generator.valid }).toEqual({ verdict: 'holds', valid: true });
      break;
    case 98:
      expect(verdict).toBe('invalid');
      if (generator.valid) expect(deciding).toContain('invalid');
      expect(deciding.filter((each) => each === 'fails')).toEqual([]);
      break;
    case 99: {
      expect({ verdict, valid: generator.valid }).toEqual({ verdict: 'fails', valid: true });
      const failing = verdicts.filter((each) => each.verdict === 'fails').map(({ metric }) => metric);
      expect(failing).not.toEqual([]);
      // A busy machine makes a server slow, and nothing else.
      expect(failing.filter((metric) => !/^(ack_latency|viewer_freshness_)/.test(metric))).toEqual([]);
      break;
    }
    default:
      expect.fail(`a run that nobody disturbed ended with ${code}, verdict ${verdict}`);
  }
}
