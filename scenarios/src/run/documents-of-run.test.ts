import type { WindowDocument } from '@gaitway/contract';
import { expect, it } from 'vitest';
import { documentsOfRun } from './documents-of-run.ts';

it('leaves out what an earlier run left, and keeps what holds readings of this one', async () => {
  const document = (startMs: number, ...boots: number[]) =>
    ({
      startMs,
      identities: boots.map((boot) => ({ device: 1, boot, fromSeq: 0, toSeq: 3 })),
    }) as unknown as WindowDocument;
  async function* pages() {
    yield [document(1, 6), document(2, 6, 7)];
    yield [document(3, 7), document(4)];
  }
  const kept: number[] = [];
  for await (const page of documentsOfRun(pages(), 7)) kept.push(...page.map(({ startMs }) => startMs));
  expect(kept).toEqual([2, 3, 4]);
});
