import { describe, expect, it } from 'vitest';
import { plainTable } from './plain-table.ts';
import { styleOf, widthOf } from './style.ts';

const HEAD = ['Verdict', 'Metric', 'Promised', 'Measured', 'Samples'];
const ROWS = [['NO VERDICT', 'viewer_freshness_reading', 'p(95)<1000', '62.3 ms', '240']];

describe('a table', () => {
  it.each([140, 80, 60, 40, 36])('is no wider than %d columns, its head neither', (columns) => {
    for (const colour of [false, true]) {
      const under = ['Only 240 samples, and at least 300 are needed.'];
      const lines = plainTable(HEAD, ROWS, { columns, under }, styleOf(colour)).split('\n');
      expect(lines.filter((line) => widthOf(line) > columns)).toEqual([]);
      expect(new Set(lines.map(widthOf)).size).toBe(1);
    }
  });

  it('keeps every letter of what it breaks', () => {
    const lines = plainTable(HEAD, [], { columns: 36 }, styleOf(false)).split('\n');
    const cells = lines.filter((line) => line.startsWith('│')).map((line) => line.split('│').slice(1, -1));
    const read = HEAD.map((_, column) => cells.map((row) => row[column]!.trim()).join(''));
    expect(read).toEqual(HEAD);
  });
});
