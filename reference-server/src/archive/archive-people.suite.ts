import { describe, expect, it } from 'vitest';
import type { Archive } from './archive.ts';
import { medicationOf, patientOf } from './archive-samples.fixture.ts';

/** The part of every archive that keeps patients and what they took; `open` gives an empty one. */
export function describePeople(open: () => Promise<Archive>): void {
  describe('patients', () => {
    it('are saved and found, the last profile counts', async () => {
      const archive = await open();
      await archive.savePatients([patientOf('a', 'north'), patientOf('b', 'north')]);
      const moved = patientOf('a', 'south');
      await archive.savePatients([moved]);
      expect(await archive.patient('a')).toStrictEqual(moved);
      expect(await archive.patient('c')).toBeNull();
      expect(await archive.patients({}, null, 10)).toStrictEqual([moved, patientOf('b', 'north')]);
      expect(await archive.patients({ wards: ['north'] }, null, 10)).toStrictEqual([patientOf('b', 'north')]);
    });

    it('are paged in the order of their ids', async () => {
      const archive = await open();
      const ids = ['p3', 'p1', 'p20', 'p2', 'p10'];
      await archive.savePatients(ids.map((patient) => patientOf(patient, 'north')));
      const idsAfter = async (after: string | null, limit: number) =>
        (await archive.patients({}, after, limit)).map(({ patient }) => patient);
      expect(await idsAfter(null, 2)).toEqual(['p1', 'p10']);
      expect(await idsAfter('p10', 2)).toEqual(['p2', 'p20']);
      expect(await idsAfter('p20', 2)).toEqual(['p3']);
      expect(await idsAfter('p3', 2)).toEqual([]);
      expect(await idsAfter('p15', 10)).toEqual(['p2', 'p20', 'p3']);
    });

    it('are only those in scope, with whole pages', async () => {
      const archive = await open();
      const wards = ['north', 'south', 'east'];
      const all = Array.from({ length: 12 }, (_, i) =>
        patientOf(`p${String(i).padStart(2, '0')}`, wards[i % 3]!),
      );
      await archive.savePatients(all);
      const idsOf = async (...ask: Parameters<Archive['patients']>) =>
        (await archive.patients(...ask)).map(({ patient }) => patient);
      expect(await idsOf({ wards: ['east'] }, null, 3)).toEqual(['p02', 'p05', 'p08']);
      expect(await idsOf({ wards: ['east'] }, 'p08', 3)).toEqual(['p11']);
      expect(await idsOf({ patients: ['p00', 'p07', 'nobody'], wards: ['east'] }, 'p01', 3)).toEqual([
        'p02',
        'p05',
        'p07',
      ]);
      expect(await idsOf({ patients: ['p07', 'p00', 'p00'] }, null, 9)).toEqual(['p00', 'p07']);
      expect(await idsOf({ patients: [], wards: [] }, null, 9)).toEqual([]);
    });
  });

  describe('medication', () => {
    it('is saved once for each id, and found by patient and time, oldest first', async () => {
      const archive = await open();
      const entries = [medicationOf('3', 'a', 30), medicationOf('1', 'a', 10), medicationOf('2', 'a', 20)];
      for (const entry of [...entries, entries[0]!, medicationOf('4', 'b', 20)])
        await archive.saveMedication(entry);
      expect(await archive.medicationOf('a', 0, 100, 10)).toStrictEqual([entries[1], entries[2], entries[0]]);
      expect(await archive.medicationOf('a', 10, 30, 10)).toStrictEqual([entries[1], entries[2]]);
      expect(await archive.medicationOf('a', 0, 100, 1)).toStrictEqual([entries[1]]);
      expect(await archive.medicationOf('c', 0, 100, 10)).toEqual([]);
    });

    it('that is corrected moves to its new time', async () => {
      const archive = await open();
      await archive.saveMedication(medicationOf('1', 'a', 10));
      const corrected = { ...medicationOf('1', 'a', 25), note: 'entered too early' };
      await archive.saveMedication(corrected);
      expect(await archive.medicationOf('a', 0, 100, 10)).toStrictEqual([corrected]);
    });
  });
}
