import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { medicationOf } from '../archive/archive-samples.fixture.ts';
import { loadLibrary } from '../insight/exercise-library.ts';
import { InsightService } from '../insight/insight-service.ts';
import { FOUND_FROM } from '../insight/material.fixture.ts';
import { createNullMeter } from '../observe/null-meter.ts';
import { FIRST_MS, MINUTE_MS, openApiUnderTest, type Who } from './api.fixture.ts';

const shared = openApiUnderTest().then(async (made) => {
  const service = new InsightService({
    ...{ archive: made.archive, clock: made.clock, meter: createNullMeter(), library: loadLibrary() },
    foundFrom: FOUND_FROM,
    fanOut: { publish: () => {} },
    warn: () => {},
  });
  // A real one of each writer's items, and one that is there already when it is asked for.
  await made.archive.saveMedication(medicationOf('m', 'ada', FIRST_MS));
  const toMs = FIRST_MS + 5 * MINUTE_MS;
  for (const patient of ['ada', 'ben']) {
    const endMs = patient === 'ada' ? toMs - 1 : toMs;
    await service.write({ patient, ward: 'north', fromMs: endMs - 10 * MINUTE_MS, toMs: endMs });
  }
  return made;
});

interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
  security?: unknown;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

async function open(making = shared) {
  const made = await making;
  const document = (await made.ask(null, 'GET', '/v1/openapi.json')).body as Document;
  return { ...made, document };
}

function operationsOf({ paths }: Document): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

/** Compiles the schema that lies at this place of the document, with its references. */
function validatorOf(document: Document, schema: object): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, formats: { moment: true } });
  ajv.addVocabulary(['components']);
  return ajv.compile({ components: document.components, ...schema });
}

/** One request for each answer that the document knows. */
const REQUESTS: [operation: string, status: number, who: Who | null, url: string, body?: unknown][] = [
  ['GET /v1/patients', 200, 'operator', '/v1/patients?limit=2'],
  ['GET /v1/patients', 400, 'operator', '/v1/patients?limit=x&y=1'],
  ['GET /v1/patients', 401, null, '/v1/patients'],
  ['GET /v1/patients', 403, 'device', '/v1/patients'],
  ['GET /v1/patients/{patient}', 200, 'doctor', '/v1/patients/ada'],
  ['GET /v1/patients/{patient}', 404, 'doctor', '/v1/patients/cleo'],
  ['GET /v1/patients/{patient}/windows', 200, 'doctor', '/v1/patients/ada/windows?limit=3'],
  ['GET /v1/patients/{patient}/windows', 400, 'doctor', '/v1/patients/ada/windows?from=2&to=1'],
  [
    'POST /v1/patients/{patient}/medication',
    201,
    'doctor',
    '/v1/patients/ada/medication',
    { takenAtMs: 1_700_000_100_000, medication: 'levodopa', doseMg: 1.5, note: 'n' },
  ],
  [
    'POST /v1/patients/{patient}/medication',
    413,
    'doctor',
    '/v1/patients/ada/medication',
    { note: 'x'.repeat(70_000) },
  ],
  ['GET /v1/patients/{patient}/medication', 200, 'doctor', '/v1/patients/ada/medication'],
  ['GET /v1/alerts', 200, 'operator', '/v1/alerts?limit=1'],
  ['POST /v1/alerts/{alert}/acknowledge', 200, 'doctor', '/v1/alerts/ada:1/acknowledge'],
  ['POST /v1/alerts/{alert}/acknowledge', 404, 'doctor', '/v1/alerts/cleo:1/acknowledge'],
  ['GET /v1/patients/{patient}/insights', 200, 'doctor', '/v1/patients/ada/insights'],
  ['GET /v1/patients/{patient}/insights', 400, 'doctor', '/v1/patients/ada/insights?from=2&to=1'],
  ['POST /v1/patients/{patient}/insights', 202, 'doctor', '/v1/patients/ada/insights?hours=2'],
  ['POST /v1/patients/{patient}/insights', 200, 'doctor', '/v1/patients/ben/insights'],
  ['POST /v1/patients/{patient}/insights', 404, 'doctor', '/v1/patients/cleo/insights'],
  ['GET /v1/settings', 200, 'device', '/v1/settings'],
  ['GET /v1/images/{hash}', 404, 'device', '/v1/images/0badcafe'],
  ['GET /v1/images/{hash}', 400, 'device', '/v1/images/1.1.0'],
  ['GET /v1/export/windows', 200, 'operator', '/v1/export/windows'],
  ['POST /v1/control/close-open-windows', 202, 'operator', '/v1/control/close-open-windows'],
  ['GET /v1/control/close-open-windows', 200, 'operator', '/v1/control/close-open-windows?id=c1'],
  ['GET /health', 200, null, '/health'],
  ['GET /ready', 200, null, '/ready'],
  ['GET /metrics', 200, null, '/metrics'],
  ['GET /v1/openapi.json', 200, null, '/v1/openapi.json'],
];

describe('the OpenAPI document', () => {
  it('has every route that the server has, and no other', async () => {
    const { document, app } = await open();
    const printed = app.printRoutes({ commonPrefix: false, includeHooks: false });
    const routes: string[] = [];
    const branch: string[] = [];
    for (const line of printed.split('\n')) {
      const match = /^((?:│ {3}| {4})*)[├└]── ([^ ]+)(?: \(([A-Z, ]+)\))?$/.exec(line);
      if (match === null) continue;
      const depth = match[1]!.length / 4;
      branch.length = depth;
      branch.push(match[2]!);
      for (const method of match[3]?.split(', ') ?? []) {
        if (method !== 'HEAD') routes.push(`${method} ${branch.join('').replace(/:([a-z]+)/g, '{$1}')}`);
      }
    }
    expect(routes.length).toBeGreaterThan(10);
    expect(
      operationsOf(document)
        .map(([operation]) => operation)
        .sort(),
    ).toEqual(routes.sort());
  });

  it('names each operation once, and says which need a token', async () => {
    const { document, ask } = await open();
    const operations = operationsOf(document);
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [operation, { security }] of operations) {
      const [method, path] = operation.split(' ') as ['GET' | 'POST', string];
      const { status } = await ask(null, method, path.replace(/\{[a-z]+\}/g, 'x'));
      expect(status === 401, operation).toBe(security !== undefined);
    }
  });

  it('is the same each time', async () => {
    const [one, other] = [await open(), await open(openApiUnderTest())];
    other.clock.passMs(1e9);
    const read = async ({ ask }: typeof one) => (await ask(null, 'GET', '/v1/openapi.json')).text;
    expect(await read(other)).toBe(await read(one));
  });

  it('has no reference that leads nowhere and no schema that nobody uses', async () => {
    const { document } = await open();
    const referred = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!);
    const defined = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
    const unused = defined.filter((place) => !referred.includes(place));
    expect(referred.filter((place) => !defined.includes(place))).toEqual([]);
    // Windows leave by lines in the export too, where OpenAPI has no word for their schema.
    expect(unused).toEqual([]);
  });

  it.each(REQUESTS)('describes what %s answers with %i', async (name, status, who, url, body) => {
    const { document, ask } = await open();
    const operation = new Map(operationsOf(document)).get(name)!;
    const answer = await ask(who, name.split(' ')[0] as 'GET' | 'POST', url, body);
    expect(answer.status).toBe(status);
    const content = operation.responses[status]?.content ?? {};
    const mediaType = answer.type.split(';')[0]!;
    expect(Object.keys(content)).toEqual([mediaType]);
    if (answer.body === undefined) return;
    const valid = validatorOf(document, content[mediaType]!.schema);
    expect(valid(answer.body), JSON.stringify(valid.errors)).toBe(true);
  });

  it('is asked about every operation here', async () => {
    const { document } = await open();
    const asked = new Set(REQUESTS.map(([operation]) => operation));
    expect(
      operationsOf(document)
        .map(([operation]) => operation)
        .filter((operation) => !asked.has(operation)),
    ).toEqual([]);
  });

  it('describes each line of the export', async () => {
    const { document, ask } = await open();
    const valid = validatorOf(document, { $ref: '#/components/schemas/Window' });
    const lines = (await ask('operator', 'GET', '/v1/export/windows')).text.trimEnd().split('\n');
    expect(lines).toHaveLength(6);
    for (const line of lines) expect(valid(JSON.parse(line)), JSON.stringify(valid.errors)).toBe(true);
    expect(valid({ ...JSON.parse(lines[0]!), more: 1 })).toBe(false);
  });
});
