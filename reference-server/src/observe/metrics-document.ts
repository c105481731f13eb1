import { METRICS, type Metric } from '@gaitway/contract';

const UNIT_TEXT: Record<Metric['unit'], string> = { seconds: 's', bytes: 'bytes', ratio: 'ratio', count: '' };

/** `docs/metrics.md`: the catalogue as a table. */
export function metricsDocument(): string {
  const rows = Object.values(METRICS as Record<string, Metric>).map(({ name, kind, unit, labels, help }) => {
    const labelText = Object.entries(labels ?? {})
      .map(([label, values]) => `\`${label}\`: ${values.join(', ')}`)
      .join('; ');
    return `| \`${name}\` | ${kind} | ${UNIT_TEXT[unit]} | ${labelText} | ${help} |`;
  });
  return [
    '# Metrics',
    '',
    'What a server exports at `/metrics` in the Prometheus format. Made from the catalogue in the contract',
    '(`node reference-server/dist/write-documents.js`); a test compares.',
    '',
    '| name | kind | unit | labels | what it says |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
