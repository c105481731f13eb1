import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** NODE_OPTIONS with which each process whose program matches begins with this script, before our code. */
export function before(folder: string, program: RegExp, script: string): Record<string, string> {
  const file = join(folder, 'before.cjs');
  writeFileSync(file, `if (${program}.test(process.argv[1])) {\n${script}\n}`);
  return { NODE_OPTIONS: `--require ${file}` };
}
