import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CommonAnswer } from './common-answer.ts';
import { parseSocketPacket } from './socket-packets.ts';

function read(text: string): { messageId: number; boot: number; seq: number } | undefined {
  const bytes = Buffer.from(`..${text}..`);
  const answer = new CommonAnswer();
  if (!answer.read(bytes, 2, bytes.length - 2)) return undefined;
  return { messageId: answer.messageId, boot: answer.boot, seq: answer.seq };
}

it('reads the answer that JSON.stringify writes', () => {
  const count = fc.oneof(fc.nat(), fc.integer({ min: 0, max: 999_999_999_999_999 }));
  fc.assert(
    fc.property(count, count, count, (messageId, boot, seq) => {
      expect(read(`43/device,${messageId}${JSON.stringify([{ boot, seq }])}`)).toEqual({
        messageId,
        boot,
        seq,
      });
    }),
  );
});

it('never reads what the general parser would read differently', () => {
  const common = '43/device,12[{"boot":3,"seq":450}]';
  const piece = fc.constantFrom(
    '',
    '0',
    '1',
    '-',
    '.5',
    'e3',
    ' ',
    '"',
    ',',
    '}',
    ']',
    '[',
    '{',
    '00',
    '9'.repeat(16),
  );
  const edit = fc.record({ at: fc.nat(common.length), drop: fc.nat(3), insert: piece });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 3 }), (edits) => {
      let text = common;
      for (const { at, drop, insert } of edits) text = text.slice(0, at) + insert + text.slice(at + drop);
      const fast = read(text);
      if (fast === undefined) return;
      const { messageId, ...value } = fast;
      expect(parseSocketPacket(text.slice(1))).toEqual({ kind: 'answer', messageId, value });
    }),
    { numRuns: 2000 },
  );
});
