import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeFrame, FrameKind, PAYLOAD_BYTES, WINDOW_SETTINGS_DEFAULT } from '@gaitway/contract';
import {
  createPopulation,
  type FleetPlan,
  type FleetResult,
  LedgerWriter,
  openLedgerFile,
  ViewerObservations,
} from '@gaitway/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveOverHttp } from './archive-over-http.ts';
import { auditOfRun } from './audit-of-run.ts';

const SEED = 7;
const START_MS = 1_790_000_000_000;
const READINGS = 5;
const population = createPopulation(SEED);
const { patient, device, ward } = population.personAt(0);

let ledgerFolder: string;
let server: Server;
let done: boolean;
let exportStatus: number;
let exported: string;
let commands: Record<string, number>;
let api: ArchiveOverHttp;

/** A target that closes nothing unless `done`, and whose export holds nothing unless a test says so. */
beforeEach(async () => {
  ledgerFolder = mkdtempSync(join(tmpdir(), 'gaitway-audit-'));
  done = true;
  exportStatus = 200;
  exported = '';
  commands = {};
  server = createServer((request, response) => {
    const { url = '' } = request;
    if (url.startsWith('/v1/export/')) response.writeHead(exportStatus).end(exported);
    else if (done) response.end(JSON.stringify({ id: 'c1', done }));
    else response.writeHead(404).end('nothing here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  api = new ArchiveOverHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
  writeLedger();
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(ledgerFolder, { recursive: true });
});

/** One patient, a few acknowledged readings. */
function writeLedger(): void {
  const writer = new LedgerWriter({
    ...{ runId: 'run-1', seed: SEED, window: WINDOW_SETTINGS_DEFAULT, patients: 1, worker: 0, workers: 1 },
    patientId: () => patient,
    readings: openLedgerFile(ledgerFolder, 'readings', 0, 1),
    frames: openLedgerFile(ledgerFolder, 'frames', 0, 1),
  });
  const header = { kind: FrameKind.features, flags: 0, placement: 1, accelRange: 1, gyroRange: 1 };
  const more = { device, boot: 1, firmware: 1, batteryMv: 3700, slotMs: 5000 };
  for (let seq = 0; seq < READINGS; seq++) {
    const startMs = START_MS + seq * 5000;
    const payload = new Uint8Array(PAYLOAD_BYTES[FrameKind.features]);
    const bytes = encodeFrame({ ...header, ...more, seq, startMs }, payload, 0);
    writer.made(0, bytes);
    writer.resolve(0, bytes, 'acknowledged', true);
  }
  writer.finish();
}

async function auditAfterClosing(observations?: ViewerObservations, alone = true) {
  await api.closeOpenWindows(1000, async () => {}).catch(() => {});
  const plan = { ledgerFolder, seed: SEED, patients: 1, slotMs: 5000, startMs: START_MS };
  const fleet = {
    observations: observations?.toRecord(),
    phases: { drainToMs: START_MS + 60_000 },
    counters: { commands },
  } as unknown as FleetResult;
  const notes: string[] = [];
  const window = WINDOW_SETTINGS_DEFAULT;
  return { ...(await auditOfRun({ ...plan, window } as FleetPlan, fleet, api, alone, notes)), notes };
}

describe('the audit at the end of a run', () => {
  it('finds what is missing when all windows were closed', async () => {
    expect(await auditAfterClosing()).toMatchObject({ verdict: 'fails', lost: READINGS, stillOpen: 0 });
  });

  it('does not call it lost when the target knows no way to close them', async () => {
    done = false;
    const { reasons, ...result } = await auditAfterClosing();
    expect(result).toMatchObject({ verdict: 'no-verdict', lost: 0, stillOpen: READINGS });
    expect(reasons[0]).toMatch(
      /5 acknowledged readings .* not closed \(POST .* answered 404: nothing here\)$/,
    );
    expect(result.notClosed).toMatch(/answered 404/);
  });

  it('calls nothing lost by a later window where devices were told another rate', async () => {
    done = false;
    const { windowMs } = WINDOW_SETTINGS_DEFAULT;
    const later = { patient, ward, startMs: START_MS + 60 * windowMs, endMs: START_MS + 61 * windowMs };
    const content = { readings: 0, lateReadings: 0, identities: [], digest: '', aggregates: {} };
    exported = JSON.stringify({ ...later, ...content, revision: 1, complete: true });
    expect((await auditAfterClosing()).lost).toBe(READINGS);
    commands = { rate: 1 };
    expect(await auditAfterClosing()).toMatchObject({ lost: 0, stillOpen: READINGS });
  });

  it('counts what a viewer may not see, though the archive cannot be read', async () => {
    exportStatus = 500;
    const viewers = new ViewerObservations(() => ward);
    viewers.admit({ viewer: 'doctor-1', patients: ['nobody'], wards: [] });
    viewers.observe('doctor-1', 'reading', patient, START_MS, 0, START_MS);
    viewers.observe('doctor-1', 'reading', 'nobody', START_MS, 0, START_MS);
    const { reasons, notes, ...result } = await auditAfterClosing(viewers);
    expect(result).toMatchObject({ verdict: 'fails', seenByForbiddenViewer: 1, lost: 0, stillOpen: 0 });
    expect(reasons[0]).toMatch(/^the archive could not be read: GET .* answered 500/);
    expect(notes).toEqual([expect.stringMatching(/^The archive could not be read: GET /)]);
  });

  it('is no verdict when the archive cannot be read, and nobody saw anything', async () => {
    exportStatus = 500;
    expect(await auditAfterClosing()).toMatchObject({ verdict: 'no-verdict', lost: 0 });
  });

  it('knows a foreign target without an export from one that has a broken one', async () => {
    for (const [status, noExport] of [
      [404, true],
      [429, undefined],
      [500, undefined],
    ] as const) {
      exportStatus = status;
      const result = await auditAfterClosing(undefined, false);
      expect(result.reasons).toHaveLength(1);
      expect(result.noExport).toBe(noExport);
    }
  });

  it('advises a later audit of a target that goes on', async () => {
    done = false;
    const { reasons, notClosed } = await auditAfterClosing(undefined, false);
    expect(reasons[0]).toMatch(/; audit the run again ten minutes after its end, when every window was/);
    expect(notClosed).not.toMatch(/again/);
  });
});
