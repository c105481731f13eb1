import type { WindowDocument } from '@gaitway/contract';
import { afterEach, describe, expect, it } from 'vitest';
import type { Archive, Retention } from './archive.ts';
import { describeAlerts } from './archive-alerts.suite.ts';
import { describeInsights } from './archive-insights.suite.ts';
import { describePeople } from './archive-people.suite.ts';
import { describeReadings } from './archive-readings.suite.ts';
import { describeRollOuts } from './archive-roll-outs.suite.ts';
import {
  alertOf,
  ask,
  BASE_MS,
  everything,
  insightOf,
  medicationOf,
  patientOf,
  positionText,
  readingOf,
} from './archive-samples.fixture.ts';
import { documentOf } from './documents.fixture.ts';

/** An empty archive, and how a test gets hold of it again. */
export interface ArchiveUnderTest {
  archive: Archive;
  /** Closes the archive and opens what it left behind. Absent: nothing outlives the object. */
  reopen?: () => Promise<Archive>;
  dispose: () => Promise<void>;
}

/** What a port allows an adapter to leave to somebody else. */
export interface ArchiveTraits {
  /** `false`: the store expires by itself, by its own clock. */
  expires: boolean;
}

const MINUTE_MS = 60_000;

/** Longer than any test's moments are old. */
export const RETENTION_LONG: Retention = {
  readingsMs: 1e12,
  windowsMs: 1e13,
  alertsMs: 2e13,
  medicationMs: 3e13,
};

/** The behaviour of every archive. */
export function describeArchive(
  name: string,
  make: (retention: Retention) => Promise<ArchiveUnderTest>,
  traits: ArchiveTraits = { expires: true },
): void {
  describe(`archive: ${name}`, () => {
    let opened: ArchiveUnderTest[] = [];
    afterEach(async () => {
      for (const one of opened) await one.dispose();
      opened = [];
    });

    async function open(retention: Partial<Retention> = {}): Promise<ArchiveUnderTest> {
      const made = await make({ ...RETENTION_LONG, ...retention });
      opened.push(made);
      return made;
    }

    describe('windows', () => {
      it('come back equal, in every optional field', async () => {
        const { archive } = await open();
        const full = documentOf('a', 0);
        const bare: WindowDocument = {
          ...documentOf('b', 0),
          complete: false,
          identities: [],
          aggregates: {},
          slots: [],
          assessment: { model: 'none', conditions: [] },
        };
        expect(await archive.saveWindows([full, bare])).toEqual(['saved', 'saved']);
        const found = await archive.windowsAt([
          { patient: 'b', startMs: bare.startMs },
          { patient: 'a', startMs: full.startMs },
          { patient: 'a', startMs: 1 },
          { patient: 'nobody', startMs: full.startMs },
        ]);
        expect(found).toStrictEqual([bare, full, null, null]);
      });

      it('that begin before 1970 are found, listed and scanned like all others', async () => {
        const { archive } = await open();
        // The window of a reading of 1970's first seconds, for a patient whose windows are shifted.
        const first = documentOf('a', 0, { startMs: -30_000, endMs: 30_000 });
        const second = documentOf('a', 0, { startMs: 30_000, endMs: 90_000 });
        await archive.saveWindows([second, first]);
        expect(await archive.windowsAt([{ patient: 'a', startMs: -30_000 }])).toStrictEqual([first]);
        expect(await archive.windowsOf('a', -60_000, 30_000, 10)).toStrictEqual([first]);
        expect(await archive.windowsOf('a', -60_000, 30_001, 10)).toStrictEqual([first, second]);
        const scanned: WindowDocument[] = [];
        for await (const page of archive.scanWindows(-1e15, 1e15, 100)) scanned.push(...page);
        expect(scanned).toStrictEqual([first, second]);
        const alert = alertOf('early', { atMs: -30_000 });
        await archive.saveAlerts([alert]);
        expect(await archive.alerts(ask())).toStrictEqual([alert]);
      });

      it('saved twice are one document', async () => {
        const { archive } = await open();
        const document = documentOf('a', 0);
        expect(await archive.saveWindows([document])).toEqual(['saved']);
        expect(await archive.saveWindows([document, document])).toEqual(['saved', 'saved']);
        expect(await everything(archive)).toStrictEqual([document]);
      });

      it('of a lower epoch are fenced and change nothing', async () => {
        const { archive } = await open();
        const stored = documentOf('a', 0, { epoch: 10, revision: 1 });
        await archive.saveWindows([stored]);
        const stale = documentOf('a', 0, { epoch: 9, revision: 7, readings: 99 });
        const other = documentOf('a', 1, { epoch: 9 });
        expect(await archive.saveWindows([stale, other])).toEqual(['fenced', 'saved']);
        expect(await everything(archive)).toStrictEqual([stored, other]);
      });

      it('of the same epoch are replaced by a higher revision only', async () => {
        const { archive } = await open();
        await archive.saveWindows([documentOf('a', 0, { epoch: 3, revision: 2 })]);
        const amended = documentOf('a', 0, { epoch: 3, revision: 10, readings: 13 });
        expect(await archive.saveWindows([amended])).toEqual(['saved']);
        await archive.saveWindows([documentOf('a', 0, { epoch: 3, revision: 9, readings: 1 })]);
        await archive.saveWindows([documentOf('a', 0, { epoch: 3, revision: 10, readings: 2 })]);
        expect(await everything(archive)).toStrictEqual([amended]);
      });

      it('of a higher epoch replace what is there, whatever its revision', async () => {
        const { archive } = await open();
        await archive.saveWindows([documentOf('a', 0, { epoch: 9, revision: 5 })]);
        const newer = documentOf('a', 0, { epoch: 10, revision: 1, readings: 3 });
        expect(await archive.saveWindows([newer])).toEqual(['saved']);
        expect(await everything(archive)).toStrictEqual([newer]);
      });

      it('that come twice in one call count in the order given', async () => {
        const { archive } = await open();
        const first = documentOf('a', 0, { epoch: 2, revision: 1 });
        const second = documentOf('a', 0, { epoch: 2, revision: 2, readings: 13 });
        const stale = documentOf('a', 0, { epoch: 1, revision: 3 });
        expect(await archive.saveWindows([first, second, stale])).toEqual(['saved', 'saved', 'fenced']);
        expect(await everything(archive)).toStrictEqual([second]);
      });

      it('of nothing are nothing', async () => {
        const { archive } = await open();
        expect(await archive.saveWindows([])).toEqual([]);
        expect(await archive.windowsAt([])).toEqual([]);
        expect(await everything(archive)).toEqual([]);
      });

      it('of one patient are found by time, oldest first, up to a limit', async () => {
        const { archive } = await open();
        const documents = [3, 0, 2, 1, 11, 4].map((minute) => documentOf('a', minute));
        await archive.saveWindows([...documents, documentOf('ab', 2), documentOf('A', 2)]);
        const startsOf = async (fromMinute: number, toMinute: number, limit: number) =>
          (
            await archive.windowsOf(
              'a',
              BASE_MS + fromMinute * MINUTE_MS,
              BASE_MS + toMinute * MINUTE_MS,
              limit,
            )
          ).map(({ startMs }) => (startMs - BASE_MS) / MINUTE_MS);
        expect(await startsOf(0, 100, 100)).toEqual([0, 1, 2, 3, 4, 11]);
        expect(await startsOf(1, 3, 100)).toEqual([1, 2]);
        expect(await startsOf(0.5, 100, 2)).toEqual([1, 2]);
        expect(await startsOf(5, 11, 100)).toEqual([]);
        expect(await archive.windowsOf('nobody', 0, 1e15, 10)).toEqual([]);
      });

      it('are scanned by patient and start, in pages that leave nothing out', async () => {
        const { archive } = await open();
        const documents = ['p2', 'p10', 'p1'].flatMap((patient) =>
          [4, 1, 3, 0, 2].map((minute) => documentOf(patient, minute)),
        );
        await archive.saveWindows(documents);
        const pages: string[][] = [];
        for await (const page of archive.scanWindows(BASE_MS + MINUTE_MS, BASE_MS + 4 * MINUTE_MS, 2)) {
          pages.push(page.map(({ patient, startMs }) => `${patient} ${(startMs - BASE_MS) / MINUTE_MS}`));
        }
        expect(pages.every((page) => page.length > 0 && page.length <= 2)).toBe(true);
        const expected = ['p1', 'p10', 'p2'].flatMap((patient) =>
          [1, 2, 3].map((minute) => `${patient} ${minute}`),
        );
        expect(pages.flat()).toEqual(expected);
      });
    });

    describe('alerts', () => describeAlerts(async () => (await open()).archive));
    describe('roll-outs', () => describeRollOuts(async () => (await open()).archive));

    describe('patients and medication', () => describePeople(async () => (await open()).archive));

    describe('insights', () => describeInsights(async () => (await open()).archive));

    describe('readings', () => describeReadings(async () => (await open()).archive));

    if (traits.expires) {
      it('deletes what is older than its retention, and nothing else', async () => {
        const { archive } = await open({ readingsMs: 2 * MINUTE_MS, windowsMs: 10 * MINUTE_MS });
        const minutes = Array.from({ length: 20 }, (_, i) => i);
        await archive.saveWindows(
          ['a', 'b'].flatMap((patient) => minutes.map((m) => documentOf(patient, m))),
        );
        await archive.saveReadings(
          minutes.map((m) => ({ ...readingOf(0, m + 1), receivedAtMs: BASE_MS + m * MINUTE_MS })),
        );
        await archive.savePatients([patientOf('a', 'north')]);
        await archive.expire(BASE_MS + 20 * MINUTE_MS + 30_000);
        const kept = await everything(archive);
        // A window is as old as its end: the one that ended 10.5 minutes ago goes, the one of 9.5 stays.
        expect(kept.map(({ patient, startMs }) => `${patient}${(startMs - BASE_MS) / MINUTE_MS}`)).toEqual(
          ['a', 'b'].flatMap((patient) => minutes.slice(10).map((m) => `${patient}${m}`)),
        );
        expect((await archive.readingsAfter(0, null, 100)).map(({ position }) => Number(position))).toEqual([
          20,
        ]);
        expect(await archive.lastReadingPosition(0)).toBe(positionText(20));
        expect(await archive.patient('a')).not.toBeNull();
      });

      it('deletes windows and alerts of before 1970 as well', async () => {
        const { archive } = await open({ windowsMs: 10 * MINUTE_MS, alertsMs: 10 * MINUTE_MS });
        await archive.saveWindows([documentOf('a', 0, { startMs: -30_000, endMs: 30_000 })]);
        await archive.saveAlerts([alertOf('early', { atMs: -30_000 })]);
        await archive.expire(20 * MINUTE_MS);
        expect(await archive.windowsAt([{ patient: 'a', startMs: -30_000 }])).toEqual([null]);
        expect(await archive.alert('early')).toBeNull();
        expect(await archive.alerts(ask())).toEqual([]);
      });

      it('deletes alerts and medication when their own time is up: from every list, and each can come anew', async () => {
        const { archive } = await open({ alertsMs: 10 * MINUTE_MS, medicationMs: 15 * MINUTE_MS });
        const minutes = Array.from({ length: 20 }, (_, i) => i);
        const alerts = minutes.map((m) =>
          alertOf(`al${m}`, { atMs: BASE_MS + m * MINUTE_MS, patient: m % 2 ? 'a' : 'b' }),
        );
        await archive.saveAlerts(alerts);
        // A patient or caregiver saw it: it goes all the same.
        await archive.acknowledgeAlert('al3', 'x', BASE_MS + 19 * MINUTE_MS);
        for (const m of minutes) {
          await archive.saveMedication(medicationOf(`m${m}`, m % 2 ? 'a' : 'b', BASE_MS + m * MINUTE_MS));
        }
        await archive.saveWindows([documentOf('a', 0)]);
        await archive.expire(BASE_MS + 20 * MINUTE_MS);
        const minutesOf = async (query: Parameters<typeof ask>[0]) =>
          (await archive.alerts(ask(query))).map(({ atMs }) => (atMs - BASE_MS) / MINUTE_MS);
        const kept = minutes.slice(11).reverse();
        // At ten minutes sharp an alert has been kept for ten minutes: it goes.
        expect(await minutesOf({})).toEqual(kept);
        expect(await minutesOf({ patient: 'a' })).toEqual(kept.filter((m) => m % 2));
        expect(await minutesOf({ scope: { wards: ['north'] } })).toEqual(kept);
        expect(await archive.alert('al10')).toBeNull();
        expect(await archive.acknowledgeAlert('al3', 'y', 1)).toBeNull();
        const takenBy = async (patient: string) =>
          (await archive.medicationOf(patient, 0, 1e15, 100)).map(
            ({ takenAtMs }) => (takenAtMs - BASE_MS) / MINUTE_MS,
          );
        expect(await takenBy('a')).toEqual([7, 9, 11, 13, 15, 17, 19]);
        expect(await takenBy('b')).toEqual([6, 8, 10, 12, 14, 16, 18]);
        expect(await everything(archive)).toHaveLength(1);
        // Nothing of what went is in the way of what comes.
        expect(await archive.saveAlerts([alerts[3]!])).toStrictEqual([alerts[3]]);
        await archive.saveMedication(medicationOf('m1', 'b', BASE_MS));
        expect(await takenBy('b')).toEqual([0, 6, 8, 10, 12, 14, 16, 18]);
      });

      it('deletes insights when the windows of their time are deleted', async () => {
        const { archive } = await open({ windowsMs: 100 });
        for (const toMs of [10, 20, 30]) await archive.saveInsight(insightOf('a', toMs));
        await archive.expire(120);
        expect(await archive.insightsOf('a', 0, 1000, 10)).toStrictEqual([insightOf('a', 30)]);
        expect(await archive.insight(insightOf('a', 20).id)).toBeNull();
        expect(await archive.saveInsight(insightOf('a', 20))).toBe(true);
      });

      it('deletes more alerts and medication than go into one step', async () => {
        const { archive } = await open({ alertsMs: 0, medicationMs: 0 });
        const many = Array.from({ length: 1201 }, (_, i) => i);
        await archive.saveAlerts(many.map((i) => alertOf(`al${i}`, { atMs: 1 + (i % 7) })));
        for (const i of many) await archive.saveMedication(medicationOf(`m${i}`, 'a', 1 + (i % 7)));
        await archive.expire(6);
        expect(await archive.alerts(ask({ limit: 2000 }))).toHaveLength(171);
        expect(await archive.medicationOf('a', 0, 100, 2000)).toHaveLength(171);
      });
    }

    it('says what a confirmed write outlives', async () => {
      const { archive } = await open();
      expect(['process', 'machine']).toContain(archive.durability.level);
      expect(archive.durability.detail).not.toBe('');
    });

    it('answers a ping', async () => {
      const { archive } = await open();
      await expect(archive.ping()).resolves.toBeUndefined();
    });

    it('opened again, has everything that was saved', async () => {
      const made = await open();
      const { archive } = made;
      const document = documentOf('a', 0);
      const alert = alertOf('1');
      await archive.saveWindows([document]);
      await archive.saveAlerts([alert]);
      await archive.savePatients([patientOf('a', 'north')]);
      await archive.saveMedication(medicationOf('1', 'a', 10));
      await archive.saveReadings([readingOf(0, 1)]);
      await archive.saveInsight(insightOf('a', 10));
      const again = made.reopen ? await made.reopen() : archive;
      expect(await everything(again)).toStrictEqual([document]);
      expect(await again.saveAlerts([alert])).toEqual([]);
      expect(await again.alerts(ask())).toStrictEqual([alert]);
      expect(await again.patient('a')).toStrictEqual(patientOf('a', 'north'));
      expect(await again.medicationOf('a', 0, 100, 10)).toStrictEqual([medicationOf('1', 'a', 10)]);
      expect(await again.readingsAfter(0, null, 10)).toHaveLength(1);
      expect(await again.saveInsight(insightOf('a', 10))).toBe(false);
      expect(await again.insightsOf('a', 0, 100, 10)).toStrictEqual([insightOf('a', 10)]);
      expect(await again.saveWindows([documentOf('a', 0, { epoch: 0 })])).toEqual(['fenced']);
    });
  });
}
