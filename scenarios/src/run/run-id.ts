/** The moment as a name of a run: `20260131T235959Z`. */
export function runIdAt(epochMs: number): string {
  return new Date(epochMs)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
}
