import { hash32 } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { jsonFault } from './json-fault.ts';

const GOOD = '{"a": [1, -2.5e-3, {"b": "x\\u00e9\\n"}], "": {}, "c": [],\n "d": [true, false, null]}';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('a fault of JSON', () => {
  const told: [text: string, line: number, column: number, field: string, says: string][] = [
    ['{"a": 1,\n "heads": [{"x": NaN}]}', 2, 18, 'heads[0].x', 'a value should come, and "NaN}]}" is there'],
    ['{"a": [1, 2,', 1, 13, 'a[2]', 'a value should come, and it ends'],
    ['{"a": {"b": 1, "c', 1, 16, 'a', `a field's name in double quotes should come, and "\\"c" is there`],
    ['', 1, 1, '', 'a value should come, and it ends'],
    ['{"a": 1\n"b": 2}', 2, 1, 'a', `',' or '}' should come, and "\\"b\\": 2}" is there`],
    ['{"a": {"b" 1}}', 1, 12, 'a.b', `':' should come, and "1}}" is there`],
    ["{'a': 1}", 1, 2, '', `a field's name in double quotes or '}' should come, and "'a': 1}" is there`],
    ['{"a": "one\ntwo"}', 1, 7, 'a', 'a value should come, and "\\"one\\ntwo\\"}" is there'],
    ['{} {}', 1, 4, '', 'the end should come, and "{}" is there'],
    ['[1, 2 3]', 1, 7, '[1]', `',' or ']' should come, and "3]" is there`],
  ];
  it.each(told)('in %j is told of by line, column and field', (text, line, column, field, says) => {
    expect(jsonFault(text)).toEqual({ line, column, field, says });
  });

  it('is there where a parser finds one, and nowhere else, whatever was changed, put in or taken out', () => {
    const characters = [...'{}[]",:\\ \n0159.eE+-truefalsnxu/\u0000'];
    let broken = 0;
    for (let i = 0; i < 20_000; i++) {
      let text = GOOD;
      for (let change = 0; change <= hash32(i, 1) % 3; change++) {
        const at = hash32(i, change, 2) % text.length;
        const put = characters[hash32(i, change, 3) % characters.length]!;
        const until = at + (hash32(i, change, 4) % 3);
        text = text.slice(0, at) + (hash32(i, change, 5) % 4 === 0 ? '' : put) + text.slice(until);
      }
      const fault = jsonFault(text);
      if (fault !== undefined) broken += 1;
      expect(fault === undefined, JSON.stringify(text)).toBe(isJson(text));
    }
    expect(broken).toBeGreaterThan(10_000);
    expect(broken).toBeLessThan(19_900);
  });

  it('is found at any depth, and in a long text, without an end of the stack or of patience', () => {
    expect(jsonFault(`"${'a\\n'.repeat(1_000_000)}`)).toMatchObject({ column: 1 });
    expect(jsonFault('['.repeat(100_000))).toMatchObject({ column: 100_001 });
    expect(jsonFault(`[${'1,'.repeat(500_000)}x]`)).toMatchObject({ column: 1_000_002, field: '[500000]' });
  });
});
