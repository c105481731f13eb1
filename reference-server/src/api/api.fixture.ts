import type { Alert, Claims, PatientProfile } from '@gaitway/contract';
import { RETENTION_DEFAULT } from '../archive/archive.ts';
import { documentOf } from '../archive/documents.fixture.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { createManualClock, type ManualClock } from '../observe/manual-clock.fixture.ts';
import { createPrometheusMeter } from '../observe/prometheus-meter.ts';
import { mintToken } from '../tokens/tokens.ts';
import { buildApi } from './api.ts';
import type { ApiDeps, SettingsView } from './deps.ts';

export const SECRET = 'a secret of the tests, forty characters.';

export const SETTINGS: SettingsView = {
  version: '0.1.0',
  instance: 'one',
  roles: ['api'],
  window: { windowMs: 60_000, windowOriginMs: 0, windowPhaseSpreadMs: 60_000 },
  allowedLatenessMs: 2000,
  futureLimitMs: 300_000,
  model: {
    version: 'second-1',
    thresholds: { tremor: 500, rigidityProxy: 500, gait: 500, freezing: 430 },
    declined: { dyskinesia: 'one device does not tell' },
  },
  candidate: { version: 'third-1', use: 'shadow' },
  insights: { everyMs: 60_000, writer: 'model', model: 'a-model' },
  updateWave: { from: '1.0.0', to: '1.1.0', hash: '0badcafe' },
  partitions: 16,
  cache: 'on',
  retention: { readingsMs: 1, windowsMs: 2, alertsMs: 3, medicationMs: 4 },
  durability: { level: 'process', known: 'checked', detail: 'in memory' },
  stores: { log: 'memory', archive: 'memory', cache: 'embedded', fanOut: 'memory' },
};

/** Ada and Ben lie in ward north, Cleo in ward south. Ada has five windows and three alerts. */
export const PATIENTS: readonly PatientProfile[] = [
  { patient: 'ada', ward: 'north', device: 1, displayName: 'Synthetic Ada', synthetic: true },
  { patient: 'ben', ward: 'north', device: 2, displayName: 'Synthetic Ben', synthetic: true },
  { patient: 'cleo', ward: 'south', device: 3, displayName: 'Synthetic Cleo', synthetic: true },
];

export const WINDOWS = [
  ...[0, 1, 2, 3, 4].map((minute) => documentOf('ada', minute, { ward: 'north' })),
  documentOf('cleo', 2, { ward: 'south' }),
];
export const FIRST_MS = WINDOWS[0]!.startMs;
export const MINUTE_MS = 60_000;

function alertOf(id: string, patient: string, ward: string, atMs: number): Alert {
  return {
    id,
    patient,
    ward,
    rule: 'tremor-high',
    severity: 'warning',
    state: 'raised',
    atMs,
    says: 'tremor above its limit',
  };
}
export const ALERTS: readonly Alert[] = [
  alertOf('ada:1', 'ada', 'north', FIRST_MS),
  alertOf('ada:2', 'ada', 'north', FIRST_MS + MINUTE_MS),
  alertOf('ada:3', 'ada', 'north', FIRST_MS + MINUTE_MS),
  alertOf('cleo:1', 'cleo', 'south', FIRST_MS + 2 * MINUTE_MS),
];

const CLAIMS = {
  operator: { role: 'operator', operator: 'olga' },
  /** Sees ward north. */
  doctor: { role: 'doctor', viewer: 'dr-dora', patients: [], wards: ['north'] },
  /** Sees Cleo, by name. */
  caregiver: { role: 'caregiver', viewer: 'carl', patients: ['cleo'], wards: [] },
  /** Is Ada. */
  patient: { role: 'patient', viewer: 'ada', patients: ['ada'], wards: [] },
  /** May see nobody. */
  stranger: { role: 'doctor', viewer: 'sten', patients: [], wards: [] },
  device: { role: 'device', device: 1, patient: 'ada', ward: 'north' },
} as const satisfies Record<string, unknown>;
export type Who = keyof typeof CLAIMS;

export interface Answer {
  status: number;
  type: string;
  headers: Record<string, unknown>;
  text: string;
  /** The parsed body; `undefined` where it is not JSON. */
  body: unknown;
}

export interface ApiUnderTest {
  app: ReturnType<typeof buildApi>;
  archive: MemoryArchive;
  clock: ManualClock;
  deps: ApiDeps;
  tokenOf: (who: Who) => string;
  /** Asks as somebody; `null`: without a token. */
  ask: (
    who: Who | null,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD' | 'OPTIONS' | 'PATCH',
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
}

/** An API over an archive in memory that holds {@link PATIENTS}, {@link WINDOWS} and {@link ALERTS}. */
export async function openApiUnderTest(over: Partial<ApiDeps> = {}): Promise<ApiUnderTest> {
  const archive = new MemoryArchive(RETENTION_DEFAULT);
  await archive.savePatients(PATIENTS);
  await archive.saveWindows(WINDOWS);
  await archive.saveAlerts(ALERTS);
  const clock = createManualClock(FIRST_MS + 5 * MINUTE_MS);
  const meter = createPrometheusMeter();
  const deps: ApiDeps = {
    archive,
    clock,
    tokenSecret: SECRET,
    meter,
    metricsText: () => meter.metricsText(),
    allowance: { ratePerSecond: 1e6, burst: 1e6 },
    readiness: [{ name: 'archive', check: () => archive.ping() }],
    control: {
      closeOpenWindows: async () => ({ id: 'c1', partitions: 16, partitionsDone: 3, done: false }),
      closingProgress: async (id) =>
        id === 'c1' ? { id, partitions: 16, partitionsDone: 16, done: true } : null,
    },
    insights: { spanMsMax: 24 * 3600_000, request: async () => 'queued' },
    imageOf: async () => undefined,
    settings: () => SETTINGS,
    ...over,
  };
  const app = buildApi(deps);
  await app.ready();
  const tokenOf = (who: Who) =>
    mintToken(structuredClone(CLAIMS[who]) as Claims, SECRET, 3600, clock.epochMs());
  return {
    app,
    archive,
    clock,
    deps,
    tokenOf,
    async ask(who, method, url, body, headers = {}) {
      const answer = await app.inject({
        method,
        url,
        headers: { ...(who === null ? {} : { authorization: `Bearer ${tokenOf(who)}` }), ...headers },
        ...(body === undefined ? {} : { payload: body as string | object }),
      });
      const type = String(answer.headers['content-type'] ?? '');
      return {
        status: answer.statusCode,
        type,
        headers: answer.headers,
        text: answer.body,
        body: /^application\/(problem\+)?json/.test(type) && answer.body !== '' ? answer.json() : undefined,
      };
    },
  };
}
