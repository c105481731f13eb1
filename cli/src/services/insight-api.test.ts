import { expect, it } from 'vitest';
import { insightApi } from './insight-api.ts';

const flags = (api?: string, model?: string) => ({ 'insight-api': api, 'insight-model': model });
const URL_OF_API = 'https://api.example.com/v1';

it('names API, model and, from the environment alone, the key', () => {
  expect(insightApi(flags(URL_OF_API, 'm-1'), { GAITWAY_INSIGHT_KEY: 'k' })).toEqual({
    ...{ apiUrl: URL_OF_API, model: 'm-1', apiKey: 'k' },
  });
  expect(
    insightApi(flags('http://127.0.0.1:11434/v1', 'm-1'), { GAITWAY_INSIGHT_KEY: '' }),
  ).not.toHaveProperty('apiKey');
});

it('is none without flags, also when their variables are empty', () => {
  expect(insightApi(flags(), { GAITWAY_INSIGHT_KEY: 'k' })).toEqual({});
  expect(insightApi(flags('', ''), {})).toEqual({});
});

it.each([
  [flags(URL_OF_API), /--insight-model is missing/],
  [flags(undefined, 'm-1'), /--insight-api is missing/],
  [flags('api.example.com', 'm-1'), /no http or https URL/],
  [flags('file:///etc/passwd', 'm-1'), /no http or https URL/],
  [flags('https://me:secret@api.example.com/v1', 'm-1'), /without user and query/],
  [flags('https://api.example.com/v1?key=secret', 'm-1'), /without user and query/],
])('refuses what cannot be: %j', (given, says) => {
  let fault: unknown;
  try {
    insightApi(given, {});
  } catch (error) {
    fault = error;
  }
  expect(fault).toMatchObject({
    code: 'bad_insight_api',
    exitCode: 104,
    message: expect.stringMatching(says),
  });
  expect(String(fault)).not.toContain('secret');
});
