import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What a file imports when it runs: types are gone by then. */
export interface SourceImports {
  /** Loaded before the first line of the file runs. */
  first: string[];
  /** Loaded when, and if, the line is reached. */
  later: string[];
}

/** `path`: below the root of the repository. */
export function importsOf(path: string): SourceImports {
  const text = readFileSync(join(ROOT, path), 'utf8').replace(
    /\b(?:import|export) type\b[^'"]*?from\s+['"][^'"]+['"]/g,
    '',
  );
  const first = text.matchAll(
    /(?:^|\s)(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]/gm,
  );
  const later = text.matchAll(/import\(\s*['"]([^'"]+)['"]\s*\)/g);
  return {
    first: [...first].map((match) => match[1] ?? match[2] ?? ''),
    later: [...later].map((match) => match[1] ?? ''),
  };
}
