import { writeFileSync } from 'node:fs';
import { runRecordSchemaText } from './run-record/run-record-schema-text.ts';

// Run after a build: node scenarios/dist/write-run-record-schema.js
const file = new URL('../../docs/run-record.schema.json', import.meta.url);
writeFileSync(file, runRecordSchemaText());
process.stdout.write('Wrote docs/run-record.schema.json\n');
