import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from './api/open-api-document.ts';
import { metricsDocument } from './observe/metrics-document.ts';

/** Writes the generated references of the server into `docs/`. */
const docs = new URL('../../docs/', import.meta.url);
for (const [name, text] of [
  ['metrics.md', metricsDocument()],
  ['openapi.json', await openApiDocument()],
] as const) {
  writeFileSync(fileURLToPath(new URL(name, docs)), text);
  console.log(`Wrote docs/${name}`);
}
