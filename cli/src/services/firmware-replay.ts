import { join } from 'node:path';
import { EXIT_CODE } from '@gaitway/contract';
import { recordedCohort } from '@gaitway/scenarios';
import {
  bootOf,
  type Ledger,
  ledgerFilesIn,
  ReadingSource,
  type ReplayResult,
  readFirmware,
  readLedger,
  replayDevice,
  wearableFile,
} from '@gaitway/simulator';
import { Fault } from '../fault.ts';
import type { StoredRun } from '../run-folder.ts';
import { hangOf } from './hang-of.ts';

const LEDGER_FOLDER = 'ledger';

/** Plays one device of a run on the board. Throws a {@link Fault} when the ledger holds nothing of it. */
export function replayRun(
  { record, folder }: StoredRun,
  device: number,
  hex: string | undefined,
): ReplayResult {
  const { seed, slotMs, patients } = record;
  const ledger = readLedger(ledgerFilesIn(join(folder, LEDGER_FOLDER)));
  const index = indexOf(ledger, device);
  const connect = record.phases.find(({ phase }) => phase === 'connect');
  const startMs = connect?.toMs;
  if (startMs === undefined) {
    throw new Fault(
      'no_start',
      `run ${record.id} does not say when its first slots began`,
      'Name the record of another run.',
      EXIT_CODE.noVerdict,
    );
  }
  const wasCanary = index >= patients - (record.canaries?.devices ?? 0);
  const recorded = record.options.hex;
  const file = hex ?? (wasCanary && typeof recorded === 'string' ? recorded : undefined);
  const image = readFirmware(file ?? wearableFile(wasCanary ? 'wearable' : 'wearable-test'));
  if (hex === undefined && wasCanary && image.sha256 !== record.canaries?.imageSha256) {
    throw new Fault(
      'other_firmware',
      `${image.file} is not the program that the device ran: its SHA-256 is ${image.sha256}, the record has ${record.canaries?.imageSha256}`,
      'Name the program with --hex.',
      EXIT_CODE.badInput,
    );
  }
  const readings = new ReadingSource(seed, { slotMs, ...recordedCohort(record) });
  try {
    return replayDevice({
      ledger,
      schedule: { seed, devices: patients, startMs, slotMs, connectMs: startMs - connect!.fromMs },
      boot: bootOf({ startMs }),
      ...{ index, wasCanary },
      program: image.program,
      placementOf: (patient) => readings.placementOf(patient),
      samplesOf: (patient, slot) => readings.samplesOf(patient, slot),
      pulsesOf: (patient, slot) => readings.pulsesOf(patient, slot),
    });
  } catch (error) {
    throw hangOf(image, error);
  }
}

function indexOf(ledger: Ledger, device: number): number {
  const index = ledger.ownerOf(device);
  if (index !== undefined) return index;
  throw new Fault(
    'no_device',
    `the ledger of the run holds no reading of device ${device}`,
    `Its devices are 1 to ${ledger.header.patients}, as far as they made a reading.`,
    EXIT_CODE.noVerdict,
  );
}

export function replayLines(run: string, { device, runs, readings, same }: ReplayResult): string[] {
  const wrong = runs.filter((row) => !row.same);
  const backfilled = runs.reduce((sum, row) => sum + row.backfilled, 0);
  const rows = wrong.map(
    ({ startMs, boot, fromSeq, count, recorded, replayed }) =>
      `  window of ${new Date(startMs).toISOString()}, boot ${boot}, readings ${fromSeq} to ${fromSeq + count - 1}: recorded ${recorded}, the board sends ${replayed === '' ? 'none of these numbers' : replayed}`,
  );
  const differs = wrong.reduce((sum, { count }) => sum + count, 0);
  return [
    `Device ${device} of run ${run}: ${readings} readings in ${runs.length} rows of the ledger.`,
    ...(backfilled > 0 ? [`${backfilled} of them were made while its connection was down.`] : []),
    same
      ? 'The board sends the very bytes that the run sent.'
      : `Of ${differs} readings the board sends other bytes:`,
    ...rows,
  ];
}
