/** Where a text ceases to be JSON. */
export interface JsonFault {
  /** Both from 1. */
  line: number;
  column: number;
  /** Of what it is in, as in `slotHeads[0].intercept`; empty: of the whole. */
  field: string;
  /** What should be there, and what is. */
  says: string;
}

/** What follows a backslash in a string. */
const ESCAPED = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
const PLAIN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
const SHOWN_MAX = 12;

/** What may come next, in words. */
const EXPECTED = {
  value: 'a value',
  firstItem: "a value or ']'",
  firstName: "a field's name in double quotes or '}'",
  name: "a field's name in double quotes",
  colon: "':'",
  nextField: "',' or '}'",
  nextItem: "',' or ']'",
  end: 'the end',
} as const;
type Expected = keyof typeof EXPECTED;

/** The field or the item that is being read, of what is open around it. */
type Open = { name: string } | { item: number };

/**
 * The first fault of a text by RFC 8259; `undefined`: it is JSON. `JSON.parse` names a position for some faults only, and in other
 * words from one version of Node.js to the next. Looks at each character once, and nests as deep as the text does.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const open: Open[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const endOf = (pattern: RegExp): number => endOfMatch(pattern, text, at);
  const afterValue = (): Expected => {
    const around = open.at(-1);
    if (around === undefined) return 'end';
    return 'name' in around ? 'nextField' : 'nextItem';
  };
  for (;;) {
    at = endOf(SPACE);
    if (at === text.length) return expected === 'end' ? undefined : faultAt(text, at, open, expected);
    const character = text[at]!;
    const around = open.at(-1);
    let end = at + 1;
    if (expected === 'colon' && character === ':') expected = 'value';
    else if ((expected === 'firstItem' || expected === 'nextItem') && character === ']') {
      open.pop();
      expected = afterValue();
    } else if ((expected === 'firstName' || expected === 'nextField') && character === '}') {
      open.pop();
      expected = afterValue();
    } else if (expected === 'nextField' && character === ',') {
      (around as { name: string }).name = '';
      expected = 'name';
    } else if (expected === 'nextItem' && character === ',') {
      (around as { item: number }).item += 1;
      expected = 'value';
    } else if (expected === 'firstName' || expected === 'name') {
      end = endOfString(text, at);
      if (end < 0) return faultAt(text, at, open, expected);
      (around as { name: string }).name = JSON.parse(text.slice(at, end)) as string;
      expected = 'colon';
    } else if (expected === 'value' || expected === 'firstItem') {
      if (character === '{') {
        open.push({ name: '' });
        expected = 'firstName';
      } else if (character === '[') {
        open.push({ item: 0 });
        expected = 'firstItem';
      } else {
        end = character === '"' ? endOfString(text, at) : endOf(PLAIN);
        if (end < 0) return faultAt(text, at, open, expected);
        expected = afterValue();
      }
    } else return faultAt(text, at, open, expected);
    at = end;
  }
}

/** The end of what the pattern finds at this place; -1: nothing. */
function endOfMatch(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** The same of a string. By hand: of a pattern with a choice in it an engine keeps every step, and a string may be long. */
function endOfString(text: string, from: number): number {
  if (text[from] !== '"') return -1;
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') return at + 1;
    if (character < ' ') return -1;
    if (character !== '\\') continue;
    at = endOfMatch(ESCAPED, text, at + 1) - 1;
    if (at < 0) return -1;
  }
  return -1;
}

function faultAt(text: string, at: number, open: readonly Open[], expected: Expected): JsonFault {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const column = at - before.lastIndexOf('\n');
  let field = '';
  for (const around of open) {
    if ('item' in around) field += `[${around.item}]`;
    else if (around.name !== '') field += `${field === '' ? '' : '.'}${around.name}`;
  }
  const found = at === text.length ? 'it ends' : `${JSON.stringify(text.slice(at, at + SHOWN_MAX))} is there`;
  return { line, column, field, says: `${EXPECTED[expected]} should come, and ${found}` };
}
