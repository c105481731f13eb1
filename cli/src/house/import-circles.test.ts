import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { circlesIn, importGraphOf } from './import-circles.fixture.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  workspaces: string[];
};

describe('the files of one workspace', () => {
  it.each(workspaces)('import each other in no circle, for types neither: %s', (folder) => {
    const graph = importGraphOf(join(root, folder, 'src'));
    expect(graph.size).toBeGreaterThan(0);
    expect(circlesIn(graph)).toEqual([]);
  });
});

describe('the search for circles', () => {
  let planted = '';
  afterEach(() => rmSync(planted, { recursive: true, force: true }));

  function plant(files: Record<string, string>): string[] {
    planted = mkdtempSync(join(tmpdir(), 'gaitway-circles-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(planted, path)), { recursive: true });
      writeFileSync(join(planted, path), text);
    }
    return circlesIn(importGraphOf(planted));
  }

  it.each([
    ['a value', "import { a } from '../a.ts';"],
    ['a type', "import type { A } from '../a.ts';"],
    ['a type among others', "import {\n  b,\n  type A,\n} from '../a.ts';"],
    ['a type where it is used', "export type A = import('../a.ts').A;"],
    ['what it hands on', "export * from '../a.ts';"],
    ['what it loads later', "export const a = () => import('../a.ts');"],
    ['nothing by name', "import '../a.ts';"],
  ])('finds one that is closed by an import of %s', (_, closing) => {
    expect(
      plant({
        'a.ts': "import { b } from './inner/b.ts';\nimport { d } from './d.ts';",
        'inner/b.ts': "import { c } from './c.ts';",
        'inner/c.ts': closing,
        'd.ts': '',
      }),
    ).toEqual(['a.ts -> inner/b.ts -> inner/c.ts -> a.ts']);
  });

  it('finds every one of several', () => {
    expect(
      plant({
        'a.ts': "import { b } from './b.ts';",
        'b.ts': "import type { A } from './a.ts';",
        'c.ts': "import { d } from './d.ts';",
        'd.ts': "import { a } from './a.ts';\nimport type { C } from './c.ts';",
        'e.ts': "import { e } from './e.ts';",
      }),
    ).toEqual(['a.ts -> b.ts -> a.ts', 'c.ts -> d.ts -> c.ts', 'e.ts -> e.ts']);
  });

  it('takes two ways to the same file for no circle', () => {
    expect(
      plant({
        'a.ts': "import { b } from './b.ts';\nimport { c } from './c.ts';",
        'b.ts': "import { d } from './d.ts';",
        'c.ts': "import { d } from './d.ts';\nimport { gone } from './gone.ts';",
        'd.ts': "import { readFileSync } from 'node:fs';",
      }),
    ).toEqual([]);
  });
});
