import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { RunAudit, RunRecord } from '@gaitway/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FULL, Gaitway, gaitway, ownFolder, playedBefore } from './binary.fixture.ts';
import { ownMongoDatabase } from './service-databases.fixture.ts';

const RUN = ['run', 'smoke', '--patients', '20', '--viewers', '0', '--duration', '6s', '--json'];
const FLEET = ['--patients', '20', '--slot', '1s', '--connect', '1s', '--json'];
/** All windows begin when the server does: a short run never sees the end of one of ten minutes. */
const NO_WINDOW_ENDS = [
  '--window-seconds',
  '600',
  '--window-phase-spread-seconds',
  '0',
  '--window-origin',
  'now',
];

interface Answer {
  archive: string;
  audit: RunAudit;
}

/** A copy of a run in a data folder of its own, changed by `change`, and what the audit says of it. */
async function auditOfCopy(folder: string, change: (copy: string) => void) {
  const data = ownFolder();
  return auditIn(data, copyWith(folder, data, change));
}

function copyWith(folder: string, data: string, change: (copy: string) => void): string {
  const copy = join(data, 'copied');
  cpSync(folder, copy, { recursive: true });
  change(copy);
  return copy;
}

/** What it says, on one line: how it is broken into lines is the terminal's. */
async function auditIn(data: string, run: string): Promise<{ code: number | null; says: string }> {
  const { code, stdout, stderr } = await gaitway(['audit', run], { data });
  return { code, says: `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ') };
}

function ledgerFile(copy: string, content: 'readings' | 'frames'): string {
  const folder = join(copy, 'ledger');
  return join(folder, readdirSync(folder).find((name) => name.startsWith(`ledger-${content}-0-`))!);
}

function cutInHalf(file: string): void {
  truncateSync(file, Math.floor(readFileSync(file).length / 2));
}

function changeRecord(copy: string, change: (record: RunRecord) => void): void {
  const file = join(copy, 'run.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  change(record);
  writeFileSync(file, JSON.stringify(record));
}

describe('gaitway audit, later, of a run with its own store', () => {
  const run = playedBefore(RUN);
  const folderOfRun = () => join(run.data, 'runs', (JSON.parse(run.stdout) as RunRecord).id);

  it('holds, and says what is missing of ledger or archive', async () => {
    const folder = folderOfRun();
    const whole = await auditOfCopy(folder, () => {});
    expect(whole.says).toMatch(/HOLDS audit/);
    expect(whole.code).toBe(0);

    const gone = await auditOfCopy(folder, (copy) => rmSync(join(copy, 'ledger'), { recursive: true }));
    expect(gone.says).toMatch(/no verdict: the ledger of the run is missing/);
    expect(gone.says).toMatch(/a copy of the record alone cannot be audited/);
    expect(gone.code).toBe(96);

    const crashed = await auditOfCopy(folder, (copy) => cutInHalf(ledgerFile(copy, 'readings')));
    expect(crashed.says).toMatch(/missing: ledger-readings-0-of-\d+\.bin breaks off/);
    expect(crashed.says).toMatch(/phantom │ 0 │/);
    expect(crashed.code).toBe(96);

    const empty = await auditOfCopy(folder, (copy) => {
      for (const name of readdirSync(join(copy, 'ledger'))) truncateSync(join(copy, 'ledger', name), 0);
    });
    expect(empty.says).toMatch(/the ledger of the run is missing .*holds no history/);
    expect(empty.code).toBe(96);

    const noFrames = await auditOfCopy(folder, (copy) => rmSync(ledgerFile(copy, 'frames')));
    expect(noFrames.says).toMatch(/missing: the frames file of worker 0 of \d+ is missing/);
    expect(noFrames.code).toBe(96);

    const other = await auditOfCopy(folder, (copy) => {
      const file = ledgerFile(copy, 'readings');
      const bytes = readFileSync(file);
      bytes.writeUInt16LE(999, 4);
      writeFileSync(file, bytes);
    });
    expect(other.says).toMatch(
      /is a ledger of version 999; this program reads versions \d+ to \d+; audit it with the/,
    );
    expect(other.code).toBe(104);

    const noStore = await auditOfCopy(folder, (copy) => rmSync(join(copy, 'data'), { recursive: true }));
    expect(noStore.says).toMatch(/no verdict: the store of the run is not at .*copied.data/);
    expect(noStore.code).toBe(96);

    const nothingKept = await auditOfCopy(folder, (copy) => {
      changeRecord(copy, ({ archive }) => Object.assign(archive, { kind: 'none', location: '' }));
    });
    expect(nothingKept.says).toMatch(/its archive was none: there is nothing to compare the ledger with/);
    expect(nothingKept.code).toBe(96);

    const edited = await auditOfCopy(folder, (copy) => {
      changeRecord(copy, ({ options }) => Object.assign(options, { cohort: '{oops' }));
    });
    expect(edited.says).toMatch(
      /record of run \w+:1:1: options\.cohort: this is no cohort as a run writes it/,
    );
    expect(edited.code).toBe(104);

    const emptied = await auditOfCopy(folder, (copy) => {
      rmSync(join(copy, 'data'), { recursive: true });
      mkdirSync(join(copy, 'data'));
    });
    expect(emptied.says).toMatch(/FAILS audit/);
    expect(emptied.code).toBe(99);
  });

  it.runIf(FULL)(
    'says whose fault it is when a target or a store gives what cannot be read, and never ours',
    async () => {
      const data = ownFolder();
      const folder = folderOfRun();
      /** The same run, as if its archive had been behind a target that answers so. */
      const behind = async (export_: RequestListener) => {
        const server = createServer((request, response) =>
          request.url?.startsWith('/v1/export/') ? export_(request, response) : response.writeHead(404).end(),
        );
        onTestFinished(() => server.closeAllConnections());
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const location = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        return auditOfCopy(folder, (copy) => {
          changeRecord(copy, ({ archive }) => Object.assign(archive, { kind: 'http', location }));
        }).finally(() => server.close());
      };

      const noDocuments = await behind((_, response) => response.end('<html>\n'));
      expect(noDocuments.says).toMatch(/line 1 of http:.* is no JSON, but should be a window document/);
      expect(noDocuments.code).toBe(96);
      const malformed = await behind((_, response) => response.end('{"patient":"p000000","startMs":1}\n'));
      expect(malformed.says).toMatch(/has no list of identities: this archive cannot be audited/);
      expect(malformed.code).toBe(96);
      const cut = await behind((_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"pat', () => response.destroy());
      });
      expect(cut.says).toMatch(/broke off after \d+ lines/);
      expect(cut.code).toBe(69);

      const damaged = await auditOfCopy(folder, (copy) => {
        // Pages that a power loss kept from the disk: zeros after the first two, in a file of full length.
        const file = join(copy, 'data', 'stores', 'data.mdb');
        writeFileSync(file, readFileSync(file).fill(0, 2 * 4096));
      });
      expect(damaged.says).toMatch(/The stores in .* are damaged/);
      expect(damaged.code).toBe(104);

      mkdirSync(join(data, 'token-secret'), { mode: 0o700 });
      const unusable = await auditIn(
        data,
        copyWith(folder, data, (copy) => {
          changeRecord(copy, ({ archive }) =>
            Object.assign(archive, { kind: 'http', location: 'http://127.0.0.1:9' }),
          );
        }),
      );
      expect(unusable.says).toMatch(/the token secret .* cannot be read \(EISDIR\)/);
      expect(unusable.code).toBe(104);
    },
  );
});

describe('gaitway audit, later', () => {
  it.runIf(FULL)('of a foreign target, over its API: holds; exit 69 when it is gone', async () => {
    const data = ownFolder();
    const server = new Gaitway(['server', 'start', '--port', '0', '--window-seconds', '2'], { data });
    const [, url] = await server.said(/Ready at (http:\S+?)\. /);
    const words = ['fleet', '--target', url!, ...FLEET, '--duration', '8s'];
    const record = JSON.parse((await gaitway(words, { data })).stdout) as RunRecord;
    expect(record.archive).toEqual({ kind: 'http', location: url });

    const later = await gaitway(['audit', 'latest', '--json'], { data });
    expect(JSON.parse(later.stdout)).toMatchObject({ archive: url, audit: { verdict: 'holds', foreign: 0 } });
    expect((JSON.parse(later.stdout) as Answer).audit).toEqual(record.audit);
    expect(later.code).toBe(0);

    server.kill('SIGTERM');
    await server.ended;
    const gone = await auditIn(data, 'latest');
    expect(gone.says).toContain(url);
    expect(gone.code).toBe(69);
  });

  it.runIf(FULL)('of a run that saw no window end: no verdict', async () => {
    const data = ownFolder();
    const server = new Gaitway(['server', 'start', '--port', '0', ...NO_WINDOW_ENDS], { data });
    const [, url] = await server.said(/Ready at (http:\S+?)\. /);
    await gaitway(['fleet', '--target', url!, ...FLEET, '--duration', '4s'], { data });
    const later = await auditIn(data, 'latest');
    expect(later.says).toMatch(/NO VERDICT audit/);
    expect(later.says).toMatch(/missing: not one complete window was compared/);
    expect(later.code).toBe(96);
  });

  it.runIf(FULL)(
    'of a foreign target, from its MongoDB when the target is gone: as flag and as GAITWAY_MONGO_URL',
    async () => {
      const mongo = ownMongoDatabase();
      const data = ownFolder();
      const words = ['server', 'start', '--port', '0', '--window-seconds', '2', '--mongo', mongo];
      const server = new Gaitway(words, { data });
      const [, url] = await server.said(/Ready at (http:\S+?)\. /);
      const fleet = ['fleet', '--target', url!, ...FLEET, '--duration', '8s'];
      const record = JSON.parse((await gaitway(fleet, { data })).stdout) as RunRecord;
      server.kill('SIGTERM');
      await server.ended;

      const byFlag = await gaitway(['audit', 'latest', '--mongo', mongo, '--json'], { data });
      const byEnvironment = await gaitway(['audit', 'latest', '--json'], {
        data,
        env: { GAITWAY_MONGO_URL: mongo },
      });
      for (const { code, stdout } of [byFlag, byEnvironment]) {
        const { archive, audit } = JSON.parse(stdout) as Answer;
        expect(archive).toBe('MongoDB');
        expect(audit).toEqual(record.audit);
        expect(code).toBe(0);
      }
    },
  );
});
