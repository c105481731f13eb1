import { describe, expect, it } from 'vitest';
import { documentOf } from '../archive/documents.fixture.ts';
import { ALERTS, FIRST_MS, MINUTE_MS, openApiUnderTest, PATIENTS, SETTINGS, WINDOWS } from './api.fixture.ts';

interface Page<Item> {
  nextCursor: string | null;
  items: Item[];
}

describe('patients', () => {
  it('are listed in pages that leave nobody out', async () => {
    const { ask } = await openApiUnderTest();
    const found: unknown[] = [];
    let cursor = '';
    for (let pages = 0; pages < 5; pages++) {
      const { status, body } = await ask('operator', 'GET', `/v1/patients?limit=2${cursor}`);
      expect(status).toBe(200);
      const { patients, nextCursor } = body as { patients: unknown[] } & Page<never>;
      found.push(...patients);
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(found).toEqual(PATIENTS);
  });

  it('are filtered by ward', async () => {
    const { ask } = await openApiUnderTest();
    expect((await ask('operator', 'GET', '/v1/patients?ward=north')).body).toEqual({
      patients: PATIENTS.slice(0, 2),
      nextCursor: null,
    });
    expect((await ask('operator', 'GET', '/v1/patients?ward=moon')).body).toEqual({
      patients: [],
      nextCursor: null,
    });
  });

  it('are read one by one, by ids of any characters', async () => {
    const { ask, archive } = await openApiUnderTest();
    const odd = { ...PATIENTS[0]!, patient: 'ä/ b?' };
    await archive.savePatients([odd]);
    expect((await ask('operator', 'GET', '/v1/patients/ada')).body).toEqual(PATIENTS[0]);
    expect((await ask('operator', 'GET', `/v1/patients/${encodeURIComponent(odd.patient)}`)).body).toEqual(
      odd,
    );
  });
});

describe('windows', () => {
  const url = '/v1/patients/ada/windows';
  const ada = WINDOWS.filter(({ patient }) => patient === 'ada');

  it('of the last hour are the answer when no range is given', async () => {
    const { ask, clock } = await openApiUnderTest();
    expect((await ask('operator', 'GET', url)).body).toEqual({ windows: ada, nextCursor: null });
    clock.passMs(3600_000);
    expect((await ask('operator', 'GET', url)).body).toEqual({ windows: [], nextCursor: null });
  });

  it('are found by a range in ms or in ISO 8601', async () => {
    const { ask } = await openApiUnderTest();
    const [from, to] = [FIRST_MS + MINUTE_MS, FIRST_MS + 3 * MINUTE_MS];
    const iso = (ms: number) => new Date(ms).toISOString();
    for (const query of [`from=${from}&to=${to}`, `from=${iso(from)}&to=${iso(to)}`]) {
      expect((await ask('operator', 'GET', `${url}?${query}`)).body).toEqual({
        windows: ada.slice(1, 3),
        nextCursor: null,
      });
    }
  });

  it('are read in pages; the cursor carries the range, also when time passes', async () => {
    const { ask, clock } = await openApiUnderTest();
    const first = (await ask('operator', 'GET', `${url}?limit=2`)).body as {
      windows: unknown[];
      nextCursor: string;
    };
    clock.passMs(30 * 60_000);
    const second = (await ask('operator', 'GET', `${url}?limit=3&cursor=${first.nextCursor}`))
      .body as typeof first;
    expect([...first.windows, ...second.windows]).toEqual(ada);
    expect(second.nextCursor).toBeNull();
  });
});

describe('alerts', () => {
  const newestFirst = [3, 2, 1, 0].map((i) => ALERTS[i]!);

  it('are listed newest first, in pages that leave none out where moments are equal', async () => {
    const { ask } = await openApiUnderTest();
    const found: unknown[] = [];
    let cursor = '';
    for (let pages = 0; pages < 5; pages++) {
      const { body } = await ask('operator', 'GET', `/v1/alerts?limit=2${cursor}`);
      const { alerts, nextCursor } = body as { alerts: unknown[]; nextCursor: string | null };
      found.push(...alerts);
      if (nextCursor === null) break;
      cursor = `&cursor=${nextCursor}`;
    }
    expect(found).toEqual(newestFirst);
  });

  it('are filtered by patient, state and range', async () => {
    const { ask } = await openApiUnderTest();
    const idsOf = async (query: string) =>
      ((await ask('operator', 'GET', `/v1/alerts?${query}`)).body as { alerts: { id: string }[] }).alerts.map(
        ({ id }) => id,
      );
    expect(await idsOf('patient=cleo')).toEqual(['cleo:1']);
    expect(await idsOf('acknowledged=true')).toEqual([]);
    expect(await idsOf('acknowledged=false&patient=cleo')).toEqual(['cleo:1']);
    expect(await idsOf(`from=${FIRST_MS + 1}&to=${FIRST_MS + 2 * MINUTE_MS}`)).toEqual(['ada:3', 'ada:2']);
    expect(await idsOf(`to=${FIRST_MS + 1}`)).toEqual(['ada:1']);
  });

  it('are acknowledged once, by whoever came first', async () => {
    const { ask, clock } = await openApiUnderTest();
    const expected = {
      ...ALERTS[0],
      acknowledgedBy: 'dr-dora',
      acknowledgedAtMs: clock.epochMs(),
    };
    expect((await ask('doctor', 'POST', '/v1/alerts/ada:1/acknowledge')).body).toEqual(expected);
    clock.passMs(1000);
    expect((await ask('doctor', 'POST', '/v1/alerts/ada:1/acknowledge')).body).toEqual(expected);
    expect((await ask('operator', 'GET', '/v1/alerts?acknowledged=true')).body).toMatchObject({
      alerts: [expected],
    });
  });
});

describe('medication', () => {
  const url = '/v1/patients/ada/medication';

  it('is entered, listed, and one entry however often it is sent', async () => {
    const { ask, clock } = await openApiUnderTest();
    const body = {
      takenAtMs: clock.epochMs() - 1000,
      medication: 'levodopa',
      doseMg: 100.5,
      note: 'with water',
    };
    const entered = await ask('patient', 'POST', url, body);
    expect(entered.status).toBe(201);
    expect(entered.body).toEqual({ ...body, id: expect.any(String), patient: 'ada', enteredBy: 'ada' });
    expect((await ask('patient', 'POST', url, body)).body).toEqual(entered.body);
    const other = await ask('doctor', 'POST', url, { ...body, doseMg: 50 });
    const { body: list } = await ask('doctor', 'GET', url);
    const { medication } = list as { medication: unknown[] };
    expect(medication).toHaveLength(2);
    expect(medication).toEqual(expect.arrayContaining([entered.body, other.body]));
  });

  it('is read in pages that leave none out where moments are equal', async () => {
    const { ask, clock } = await openApiUnderTest();
    const takenAtMs = clock.epochMs() - 1000;
    const entered: unknown[] = [];
    for (let i = 0; i < 7; i++) {
      const body = { takenAtMs: takenAtMs + (i === 6 ? 1 : 0), medication: 'levodopa', doseMg: i + 1 };
      entered.push((await ask('doctor', 'POST', url, body)).body);
    }
    for (const limit of [1, 2, 3, 7]) {
      const found: unknown[] = [];
      let cursor = '';
      for (let pages = 0; pages < 10; pages++) {
        const { body } = await ask('doctor', 'GET', `${url}?limit=${limit}${cursor}`);
        const page = body as { medication: unknown[]; nextCursor: string | null };
        found.push(...page.medication);
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      expect(found).toHaveLength(7);
      expect(found).toEqual(expect.arrayContaining(entered));
    }
  });
});

describe('the server', () => {
  it('shows its settings to everyone with a token', async () => {
    const { ask } = await openApiUnderTest();
    for (const who of ['operator', 'doctor', 'device'] as const) {
      expect((await ask(who, 'GET', '/v1/settings')).body).toEqual(SETTINGS);
    }
  });

  it('lists and exports windows that begin before 1970, and their alerts', async () => {
    const { ask, archive } = await openApiUnderTest();
    const early = documentOf('ada', 0, { ward: 'north', startMs: -30_000, endMs: 30_000 });
    await archive.saveWindows([early]);
    const alert = { ...ALERTS[0]!, id: 'ada:early', atMs: early.startMs };
    await archive.saveAlerts([alert]);
    const range = 'from=1969-12-31T23:59:00Z&to=1970-01-01T00:01:00Z';
    expect((await ask('doctor', 'GET', `/v1/patients/ada/windows?${range}`)).body).toMatchObject({
      windows: [early],
    });
    const [first] = (await ask('operator', 'GET', '/v1/export/windows')).text.split('\n');
    expect(JSON.parse(first!)).toEqual(early);
    expect((await ask('doctor', 'GET', '/v1/alerts')).text).toContain('"ada:early"');
  });

  it('exports windows by patient and start, one a line', async () => {
    const { ask } = await openApiUnderTest();
    const all = await ask('operator', 'GET', '/v1/export/windows');
    expect(all.type).toContain('application/x-ndjson');
    const parse = (text: string) =>
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line));
    expect(parse(all.text)).toEqual(WINDOWS);
    const from = FIRST_MS + 2 * MINUTE_MS;
    const part = await ask('operator', 'GET', `/v1/export/windows?from=${from}&to=${from + 1}`);
    expect(parse(part.text)).toEqual([WINDOWS[2], WINDOWS[5]]);
    expect((await ask('operator', 'GET', '/v1/export/windows?from=1&to=2')).text).toBe('');
  });

  it('closes open windows, and says how far it got', async () => {
    const { ask } = await openApiUnderTest();
    const begun = await ask('operator', 'POST', '/v1/control/close-open-windows');
    expect(begun.status).toBe(202);
    expect(begun.body).toEqual({ id: 'c1', partitions: 16, partitionsDone: 3, done: false });
    const progress = await ask('operator', 'GET', '/v1/control/close-open-windows?id=c1');
    expect(progress.status).toBe(200);
    expect(progress.body).toMatchObject({ partitionsDone: 16, done: true });
    expect((await ask('operator', 'GET', '/v1/control/close-open-windows?id=c2')).status).toBe(404);
  });

  it('answers 200 at once when everything was closed already', async () => {
    const done = { id: 'c1', partitions: 16, partitionsDone: 16, done: true };
    const { ask } = await openApiUnderTest({
      control: { closeOpenWindows: async () => done, closingProgress: async () => done },
    });
    expect((await ask('operator', 'POST', '/v1/control/close-open-windows')).status).toBe(200);
  });

  it('is alive without a token, and says for how long', async () => {
    const { ask, clock } = await openApiUnderTest();
    clock.passMs(1500);
    expect((await ask(null, 'GET', '/health')).body).toEqual({
      status: 'alive',
      version: '0.1.0',
      upMs: 1500,
    });
  });

  it('is ready when everything that it needs answers', async () => {
    const { ask } = await openApiUnderTest();
    const { status, body } = await ask(null, 'GET', '/ready');
    expect([status, body]).toEqual([200, { status: 'ready', checks: ['archive'] }]);
  });

  it('is not ready, and alive, when something that it needs fails or does not answer', async () => {
    const { ask, clock } = await openApiUnderTest({
      readiness: [
        { name: 'archive', check: async () => {} },
        { name: 'log', check: () => Promise.reject(new Error('connection refused')) },
        { name: 'fan-out', check: () => new Promise(() => {}) },
      ],
    });
    const asked = ask(null, 'GET', '/ready');
    let waiting = true;
    void asked.then(() => {
      waiting = false;
    });
    while (waiting) {
      clock.passMs(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const { status, body, headers } = await asked;
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(body).toMatchObject({
      type: 'urn:gaitway:problem:not_ready',
      detail: 'Not ready: log, fan-out.',
      problems: [
        { at: 'log', says: 'connection refused' },
        { at: 'fan-out', says: 'did not answer within 2000 ms' },
      ],
    });
    expect((await ask(null, 'GET', '/health')).status).toBe(200);
  });

  it('counts its requests by the class of their answer', async () => {
    const { ask } = await openApiUnderTest();
    await ask(null, 'GET', '/health');
    await ask(null, 'GET', '/v1/patients');
    await ask('operator', 'GET', '/nowhere');
    const { text, type } = await ask(null, 'GET', '/metrics');
    expect(type).toContain('text/plain; version=0.0.4');
    expect(text).toContain('gaitway_http_requests_total{status="2xx"} 1\n');
    expect(text).toContain('gaitway_http_requests_total{status="4xx"} 2\n');
    expect(text).toContain('gaitway_http_duration_seconds_count 3\n');
  });

  it('sends headers that keep its answers from being run, framed, guessed at or kept', async () => {
    const { ask } = await openApiUnderTest();
    for (const url of ['/v1/patients', '/nowhere', '/v1/export/windows']) {
      expect((await ask('operator', 'GET', url)).headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'referrer-policy': 'no-referrer',
      });
    }
  });
});
