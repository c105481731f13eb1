import { describe, expect, it } from 'vitest';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import { openApiUnderTest } from './api.fixture.ts';
import { RequestAllowances } from './request-allowance.ts';

describe('the allowance of whoever asks', () => {
  it('is a burst, then a rate, for each of them', () => {
    const clock = createManualClock();
    const allowances = new RequestAllowances({ ratePerSecond: 10, burst: 3 }, clock);
    const take = (who: string, times: number) =>
      Array.from({ length: times }, () => allowances.take(who) === undefined).filter(Boolean).length;
    expect(take('a', 10)).toBe(3);
    expect(take('b', 10)).toBe(3);
    expect(allowances.take('a')).toBe(100);
    clock.passMs(100);
    expect(take('a', 10)).toBe(1);
    clock.passMs(1e6);
    expect(take('a', 10)).toBe(3);
  });

  it('is forgotten once it is whole again, and not before', () => {
    const clock = createManualClock();
    const allowances = new RequestAllowances({ ratePerSecond: 10, burst: 20 }, clock);
    for (let i = 0; i < 10_000; i++) {
      allowances.take(`somebody ${i}`);
      for (let times = 0; times < 5; times++) allowances.take('often');
      clock.passMs(10);
      expect(allowances.size).toBeLessThanOrEqual(201);
    }
    expect(allowances.take('often')).toBeGreaterThan(0);
    clock.passMs(2000);
    allowances.take('last');
    expect(allowances.size).toBe(1);
  });
});

describe('the API', () => {
  it('answers who asks too often with 429 and when to come back, and everybody else as ever', async () => {
    const { ask, clock } = await openApiUnderTest({ allowance: { ratePerSecond: 0.4, burst: 3 } });
    const asDoctor = () => ask('doctor', 'GET', '/v1/patients');
    for (let i = 0; i < 3; i++) expect((await asDoctor()).status).toBe(200);
    // Another token of the same person is no other allowance.
    clock.passMs(1000);
    const { status, type, headers, body } = await asDoctor();
    expect(status).toBe(429);
    expect(type).toBe('application/problem+json; charset=utf-8');
    expect(headers['retry-after']).toBe('2');
    expect(body).toMatchObject({
      type: 'urn:gaitway:problem:rate_limited',
      status: 429,
      detail: expect.stringContaining('2 s'),
    });
    expect((await ask('caregiver', 'GET', '/v1/patients')).status).toBe(200);
    expect((await ask(null, 'GET', '/v1/patients')).status).toBe(401);
    for (let i = 0; i < 10; i++) expect((await ask(null, 'GET', '/health')).status).toBe(200);
    expect((await ask(null, 'GET', '/metrics')).text).toContain('\ngaitway_http_rate_limited_total 1\n');
    clock.passMs(1600);
    expect((await asDoctor()).status).toBe(200);
  });

  it('says so in its document, for everything that needs a token and nothing else', async () => {
    const { ask } = await openApiUnderTest();
    const { paths } = (await ask(null, 'GET', '/v1/openapi.json')).body as {
      paths: Record<string, Record<string, { security?: unknown; responses: Record<string, unknown> }>>;
    };
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(operations.length).toBeGreaterThan(10);
    for (const { security, responses } of operations) {
      expect('429' in responses).toBe(security !== undefined);
    }
  });
});
