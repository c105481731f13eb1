import { describe, expect, it } from 'vitest';
import { mintToken } from '../tokens/tokens.ts';
import { openApiUnderTest, SECRET } from './api.fixture.ts';
import { writeCursor } from './cursor.ts';
import { BODY_BYTES_MAX } from './problem-answers.ts';
import { PROBLEM_TYPES, type ProblemCode, type ProblemDocument } from './problem-types.ts';

/** None of these requests changes anything: one API is enough for all. */
const shared = openApiUnderTest();

type Ask = Awaited<ReturnType<typeof openApiUnderTest>>['ask'];

/** The answer is the problem of this code, and every place in `at` is named in it. */
async function expectProblem(
  answer: ReturnType<Ask>,
  code: ProblemCode,
  at?: readonly string[],
): Promise<ProblemDocument> {
  const { status, type, body, text } = await answer;
  expect(type, text).toBe('application/problem+json; charset=utf-8');
  const problem = body as ProblemDocument;
  expect(problem).toMatchObject({
    type: `urn:gaitway:problem:${code}`,
    title: PROBLEM_TYPES[code].title,
    status: PROBLEM_TYPES[code].status,
  });
  expect(status).toBe(problem.status);
  expect(problem.detail.length).toBeGreaterThan(5);
  if (at) expect((problem.problems ?? []).map((one) => one.at).sort()).toEqual([...at].sort());
  return problem;
}

describe('a token that is not good is refused, and the server goes on:', () => {
  const now = Date.parse('2023-11-14T22:19:00Z');
  const claims = { role: 'operator', operator: 'o' } as const;
  it.each([
    ['missing', undefined, 'token_missing', 'Bearer'],
    ['not a bearer token', 'Basic b2s6b2s=', 'token_malformed', 'Bearer error="invalid_token"'],
    ['empty', 'Bearer ', 'token_malformed', 'Bearer error="invalid_token"'],
    ['nonsense', 'Bearer nonsense', 'token_malformed', 'Bearer error="invalid_token"'],
    [
      'expired',
      `Bearer ${mintToken(claims, SECRET, 1, now - 1e6)}`,
      'token_expired',
      'Bearer error="invalid_token"',
    ],
    [
      'foreign',
      `Bearer ${mintToken(claims, 'x'.repeat(40), 1e6, now)}`,
      'token_signature',
      'Bearer error="invalid_token"',
    ],
  ] as const)('%s', async (_, authorization, code, challenge) => {
    const { ask } = await shared;
    for (const url of [
      '/v1/patients',
      '/v1/settings',
      '/v1/export/windows',
      '/v1/patients/ada/windows?limit=x',
    ]) {
      const answer = ask(null, 'GET', url, undefined, authorization === undefined ? {} : { authorization });
      await expectProblem(answer, code, ['header.authorization']);
      expect((await answer).headers['www-authenticate']).toBe(challenge);
    }
    expect((await ask('operator', 'GET', '/v1/patients')).status).toBe(200);
  });
});

describe('a query that does not fit is refused:', () => {
  const windows = '/v1/patients/ada/windows';
  it.each([
    ['a limit that is no number', '/v1/patients?limit=many', 'bad_request', ['query.limit']],
    ['a limit of zero', '/v1/patients?limit=0', 'bad_request', ['query.limit']],
    ['a limit that is too high', '/v1/alerts?limit=1001', 'bad_request', ['query.limit']],
    ['half a limit', '/v1/patients?limit=1.5', 'bad_request', ['query.limit']],
    ['an empty ward', '/v1/patients?ward=', 'bad_request', ['query.ward']],
    ['two wards', '/v1/patients?ward=a&ward=b', 'bad_request', ['query.ward']],
    ['a parameter that is not known', '/v1/patients?wrd=a', 'bad_request', ['query.wrd']],
    ['a state that is none', '/v1/alerts?state=lost', 'bad_request', ['query.state']],
    [
      'all mistakes at once',
      '/v1/alerts?state=lost&limit=x&wrd=1&from=now',
      'bad_request',
      ['query.from', 'query.limit', 'query.state', 'query.wrd'],
    ],
    ['a moment that is none', `${windows}?from=yesterday`, 'bad_range', ['query.from']],
    ['two moments that are none', `${windows}?from=-1&to=1e9`, 'bad_range', ['query.from', 'query.to']],
    ['a moment without a zone', `${windows}?from=2026-03-01T12:00:00`, 'bad_range', ['query.from']],
    ['a day that is not in the calendar', `${windows}?from=2026-13-01`, 'bad_range', ['query.from']],
    ['a range that ends before it starts', `${windows}?from=20&to=10`, 'bad_range', ['query.from']],
    ['an empty range', `${windows}?from=20&to=20`, 'bad_range', ['query.from']],
    ['a range that is too long', `${windows}?from=0&to=1700000000000`, 'bad_range', ['query.from']],
    ['an empty range of alerts', '/v1/alerts?from=20&to=10', 'bad_range', ['query.from']],
    ['an empty range to export', '/v1/export/windows?from=20&to=10', 'bad_range', ['query.from']],
    [
      'a range of medication that is too long',
      '/v1/patients/ada/medication?from=0',
      'bad_range',
      ['query.from'],
    ],
    ['a cursor that is none', '/v1/patients?cursor=zzz', 'bad_cursor', ['query.cursor']],
    ['an empty cursor', '/v1/patients?cursor=', 'bad_cursor', ['query.cursor']],
    ['an endless cursor', `/v1/patients?cursor=${'a'.repeat(1025)}`, 'bad_cursor', ['query.cursor']],
    [
      'a cursor of another route',
      `/v1/alerts?cursor=${writeCursor('patients', ['ada'])}`,
      'bad_cursor',
      ['query.cursor'],
    ],
    [
      'a cursor of other parts',
      `${windows}?cursor=${writeCursor('windows', [1])}`,
      'bad_cursor',
      ['query.cursor'],
    ],
    [
      'a cursor of parts of another kind',
      `${windows}?cursor=${writeCursor('windows', [1.5, 'x'])}`,
      'bad_cursor',
      ['query.cursor'],
    ],
    ['a path that cannot be decoded', '/v1/patients/%zz', 'bad_url', []],
    ['a part of a path that is too long', `/v1/patients/${'a'.repeat(200)}`, 'bad_request', ['path.patient']],
    ['no id of a closing', '/v1/control/close-open-windows', 'bad_request', ['query.id']],
  ] as const)('%s', async (_, url, code, at) => {
    const { ask } = await shared;
    await expectProblem(ask('operator', 'GET', url), code, at);
  });

  it('and a part of a path beyond every bound has an answer too', async () => {
    const { ask } = await shared;
    const { status, type } = await ask('operator', 'GET', `/v1/patients/${'a'.repeat(5000)}`);
    expect([400, 404]).toContain(status);
    expect(type).toBe('application/problem+json; charset=utf-8');
  });
});

describe('a body that does not fit is refused:', () => {
  const url = '/v1/patients/ada/medication';
  const good = { takenAtMs: 1_700_000_000_000, medication: 'levodopa', doseMg: 100 };
  const jsonType = { 'content-type': 'application/json' };
  it.each([
    ['none', {}, ['body.doseMg', 'body.medication', 'body.takenAtMs']],
    ['a dose as text', { ...good, doseMg: '100' }, ['body.doseMg']],
    ['a dose of nothing', { ...good, doseMg: 0 }, ['body.doseMg']],
    ['a dose of null', { ...good, doseMg: null }, ['body.doseMg']],
    ['a dose beyond all measure', { ...good, doseMg: 1e9 }, ['body.doseMg']],
    ['no name', { ...good, medication: '' }, ['body.medication']],
    ['a time as text', { ...good, takenAtMs: '2026-03-01' }, ['body.takenAtMs']],
    ['a time in the future', { ...good, takenAtMs: 1_900_000_000_000 }, ['body.takenAtMs']],
    ['a field that is not known', { ...good, enteredBy: 'someone else' }, ['body.enteredBy']],
    [
      'all at once',
      { doseMg: -1, medication: 5, who: 1 },
      ['body.doseMg', 'body.medication', 'body.takenAtMs', 'body.who'],
    ],
    ['a list', [good], ['body']],
  ])('%s', async (_, body, at) => {
    const { ask, archive } = await shared;
    await expectProblem(ask('doctor', 'POST', url, body), 'bad_request', at);
    expect(await archive.medicationOf('ada', 0, 1e15, 10)).toEqual([]);
  });

  it.each([
    ['JSON that is cut off', '{"doseMg":', jsonType, 'bad_json'],
    ['JSON that is text', 'dose', jsonType, 'bad_json'],
    ['an empty body that is called JSON', '', jsonType, 'bad_json'],
    ['JSON that would change prototypes', '{"__proto__":{"a":1}}', jsonType, 'bad_json'],
    ['text', JSON.stringify(good), { 'content-type': 'text/plain' }, 'unsupported_media_type'],
    ['XML', '<dose/>', { 'content-type': 'application/xml' }, 'unsupported_media_type'],
    ['a form', 'doseMg=1', { 'content-type': 'application/x-www-form-urlencoded' }, 'unsupported_media_type'],
    [
      'a huge body',
      JSON.stringify({ ...good, note: 'x'.repeat(BODY_BYTES_MAX) }),
      jsonType,
      'body_too_large',
    ],
    ['a huge body that is no JSON', 'x'.repeat(1e6), jsonType, 'body_too_large'],
  ] as const)('%s', async (_, body, headers, code) => {
    const { ask, archive } = await shared;
    await expectProblem(ask('doctor', 'POST', url, body, headers), code);
    expect(await archive.medicationOf('ada', 0, 1e15, 10)).toEqual([]);
  });

  it('and a missing one too', async () => {
    const { ask } = await shared;
    await expectProblem(ask('doctor', 'POST', url), 'bad_request');
  });
});

describe('an address that is not there', () => {
  it('is a problem, also with a body that could not be read', async () => {
    const { ask } = await shared;
    for (const url of [
      '/',
      '/v1',
      '/v1/patient',
      '/v1/patients/ada/x',
      '/v2/patients',
      '/v1/alerts/',
      '/.env',
    ]) {
      await expectProblem(ask('operator', 'GET', url), 'route_not_found');
    }
    await expectProblem(
      ask(null, 'POST', '/nowhere', 'x', { 'content-type': 'text/plain' }),
      'route_not_found',
    );
  });

  it('takes a method that it does not have for a problem, and says which it has', async () => {
    const { ask } = await shared;
    for (const [method, url, allow] of [
      ['DELETE', '/v1/patients', 'GET, HEAD'],
      ['PUT', '/v1/patients/ada?x=1', 'GET, HEAD'],
      ['PATCH', '/v1/patients/ada/medication', 'GET, HEAD, POST'],
      ['GET', '/v1/alerts/ada:1/acknowledge', 'POST'],
      ['OPTIONS', '/v1/export/windows', 'GET, HEAD'],
      ['POST', '/health', 'GET, HEAD'],
    ] as const) {
      const answer = ask('operator', method, url);
      await expectProblem(answer, 'method_not_allowed');
      expect((await answer).headers.allow).toBe(allow);
    }
  });
});

describe('a failure of the server', () => {
  it('is a problem that gives nothing away, and is told to whoever runs it', async () => {
    const failures: unknown[] = [];
    const { ask, archive } = await openApiUnderTest({
      failed: (error, request) => failures.push([error, request]),
    });
    const away = new Error('connect ECONNREFUSED 10.1.2.3:27017');
    archive.patients = () => Promise.reject(away);
    archive.scanWindows = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(away) }),
    });
    const problem = await expectProblem(ask('operator', 'GET', '/v1/patients'), 'internal');
    expect(JSON.stringify(problem)).not.toContain('10.1.2.3');
    await expectProblem(ask('operator', 'GET', '/v1/export/windows'), 'internal');
    expect(failures).toEqual([
      [away, { method: 'GET', url: '/v1/patients' }],
      [away, { method: 'GET', url: '/v1/export/windows' }],
    ]);
    expect((await ask('operator', 'GET', '/v1/patients/ada')).status).toBe(200);
  });

  it('is the fault of a store that is away where one is, and then worth another try', async () => {
    const { ask, archive } = await openApiUnderTest({});
    const away = new Error('connect ECONNREFUSED 10.1.2.3:27017');
    archive.patients = () => Promise.reject(away);
    archive.ping = () => Promise.reject(away);
    const problem = await expectProblem(ask('operator', 'GET', '/v1/patients'), 'not_ready');
    expect(problem.detail).toMatch(/archive.*Ask again later/);
    expect(JSON.stringify(problem)).not.toContain('10.1.2.3');
    expect((await ask('operator', 'GET', '/v1/patients')).headers['retry-after']).toBe('1');
  });
});
