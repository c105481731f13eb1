import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from './api/open-api-document.ts';
import { metricsDocument } from './observe/metrics-document.ts';

const published = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the generated references (else run node reference-server/dist/write-documents.js)', () => {
  it('have the metrics of the catalogue', () => {
    expect(published('metrics.md')).toBe(metricsDocument());
  });

  it('have the routes of the API', async () => {
    expect(published('openapi.json')).toBe(await openApiDocument());
  });
});
