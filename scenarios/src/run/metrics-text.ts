import type { Metric } from '@gaitway/contract';

/**
 * A metric in documents of Prometheus' text format, all servers together: its values by what `label` says, zeros left
 * out, or under '' where it has no such label. A histogram has none.
 */
export function valuesIn(
  texts: readonly string[],
  { name }: Pick<Metric, 'name'>,
  label = '',
): Record<string, number> {
  const values: Record<string, number> = {};
  const line = new RegExp(`^${name}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm');
  const wanted = new RegExp(`(?:^|,)${label}="([^"]*)"`);
  for (const text of texts) {
    for (const [, labels = '', written] of text.matchAll(line)) {
      const value = Number(written);
      if (value === 0) continue;
      const key = (label === '' ? undefined : wanted.exec(labels)?.[1]) ?? '';
      values[key] = (values[key] ?? 0) + value;
    }
  }
  return values;
}

/** The same as one sum. */
export function sumIn(texts: readonly string[], metric: Pick<Metric, 'name'>): number {
  return valuesIn(texts, metric)[''] ?? 0;
}
