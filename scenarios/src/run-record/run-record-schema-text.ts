import { RUN_RECORD_SCHEMA } from '@gaitway/contract';

const LINE_WIDTH = 110;

/** `docs/run-record.schema.json`, as it is published: short lists on one line, all else spread out. */
export function runRecordSchemaText(): string {
  return `${spread(RUN_RECORD_SCHEMA, '', 0)}\n`;
}

function spread(value: unknown, indent: string, before: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const plain = value.every((item) => typeof item !== 'object');
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    // One more column for the comma that may follow.
    if (plain && before + line.length + 1 <= LINE_WIDTH) return line;
    return `[\n${value.map((item) => inner + spread(item, inner, inner.length)).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).map(([key, each]) => {
    const start = `${inner}${JSON.stringify(key)}: `;
    return start + spread(each, inner, start.length);
  });
  return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`;
}
