import { createHash } from 'node:crypto';
import { FrameKind, HEADER, HEADER_BYTES, ResetCause, readBoot, readU16 } from '@gaitway/contract';
import { bytesOf, parseIntelHex } from '@gaitway/firmware/board';
import { describe, expect, it } from 'vitest';
import { plannedReadings } from '../fleet/schedule.ts';
import type { ImageSource } from '../update/image-source.ts';
import type { UpdateFault } from '../update/update-faults.ts';
import { playLoad } from './canary.fixture.ts';
import { readFirmware, tryFirmware } from './firmware-image.ts';
import { hexOf, LOOP } from './small-programs.fixture.ts';
import { wearableFile } from './wearable-file.ts';

const OLD = 0x1000;
const NEXT_FILE = readFirmware(wearableFile('wearable-next-test'));
const NEXT = { ...tryFirmware(NEXT_FILE), bytes: bytesOf(NEXT_FILE.program) };
const OFFER_MS = 12_000;
const MEASURE_MS = 100_000;
const FULL = process.env.GAITWAY_TEST === 'full';
const DEVICES = FULL ? 3 : 1;
const AT_FULL_DEPTH: [UpdateFault, string, number][] = [
  ['not_taken', 'not_taken', OLD],
  ['download_failed', 'download_failed', OLD],
  ['bad_hash', 'bad_hash', OLD],
  ['write_failed', 'write_failed', OLD],
  ['not_confirmed', 'not_confirmed', OLD],
  ['cut_downloading', 'power_cut', OLD],
  ['cut_swapping', 'power_cut', OLD],
  ['cut_restoring', 'not_confirmed', OLD],
];

/** A program that hangs from its start on, with its hash at its end. */
function hanging(): { firmware: number; imageHash: number; bytes: Uint8Array } {
  const program = bytesOf(parseIntelHex(hexOf(LOOP)));
  const bytes = Uint8Array.of(...program, 0, 0, 0, 0);
  const imageHash = createHash('sha256').update(bytes).digest().readUInt32BE();
  new DataView(bytes.buffer).setUint32(program.length, imageHash, true);
  return { firmware: 0x1080, imageHash, bytes };
}

/** Canaries that are offered an image 12 s after their first slots, and what came of it. */
async function offer(image: { firmware: number; imageHash: number; bytes: Uint8Array }, fault?: UpdateFault) {
  const asked: number[] = [];
  const images: ImageSource = {
    piece: ({ hash, offset, bytes }, then) => {
      asked.push(offset);
      if (hash !== image.imageHash) then('never');
      else
        then({
          bytes: image.bytes.slice(offset, offset + bytes),
          isLast: offset + bytes >= image.bytes.length,
        });
    },
  };
  const hash = image.imageHash.toString(16).padStart(8, '0');
  const { ends, server, ledger, found, counts, schedule } = await playLoad({
    ...{ devices: DEVICES, measureMs: MEASURE_MS, drainMs: 60_000, images },
    ...(fault ? { updateFaults: { [fault]: 1 } } : {}),
    at: [
      [OFFER_MS, (_, all) => all.server.tell({ command: 'update_offer', firmware: image.firmware, hash })],
    ],
  });
  expect(found).toEqual([]);
  expect(ledger.problems).toEqual([]);
  expect(counts.damaged).toBe(0);
  const frames = [...server.kept.values()];
  const { all, lostToUpdates, updates } = ends.counters;
  // Every slot of the schedule was made, or fell into a reset; and each that was made has an end.
  const fromMs = schedule.startMs;
  expect(all.due + lostToUpdates).toBe(plannedReadings(schedule, fromMs, fromMs + 5000 + MEASURE_MS));
  expect(all.acknowledged + all.dropped).toBe(all.due);
  const newest = frames.filter((bytes) => bytes[HEADER.kind] === FrameKind.features).slice(-DEVICES);
  return {
    ...{ all, lostToUpdates, updates, asked },
    /** What runs at the end. */
    firmwares: newest.map((bytes) => readU16(bytes, HEADER.firmware)),
    boots: frames
      .filter((bytes) => bytes[HEADER.kind] === FrameKind.boot)
      .map((bytes) => {
        const { resetCause, imageHash } = readBoot(bytes, HEADER_BYTES);
        return { resetCause, imageHash, firmware: readU16(bytes, HEADER.firmware) };
      }),
  };
}

describe('a canary that is offered an update', () => {
  it('fetches the image, runs it, and loses no reading but that of the slot in which it was written', async () => {
    const { all, lostToUpdates, updates, firmwares, boots, asked } = await offer(NEXT);
    expect(updates).toEqual({ confirmed: DEVICES });
    expect(firmwares).toEqual(Array(DEVICES).fill(NEXT.firmware));
    expect(all).toMatchObject({ dropped: 0, acknowledged: all.due });
    expect(lostToUpdates).toBeGreaterThanOrEqual(DEVICES);
    expect(lostToUpdates).toBeLessThanOrEqual(2 * DEVICES);
    const { external } = ResetCause;
    expect(boots.slice(-DEVICES)).toEqual(
      Array(DEVICES).fill({ resetCause: external, imageHash: NEXT.imageHash, firmware: NEXT.firmware }),
    );
    expect(asked.filter((offset) => offset === 0)).toHaveLength(DEVICES);
    expect(Math.max(...asked)).toBeGreaterThan(8000);
  });

  it('is brought back by its modem when the new program hangs, and stays in the run', async () => {
    const { updates, firmwares, boots } = await offer(hanging());
    expect(updates).toEqual({ not_confirmed: DEVICES });
    expect(firmwares).toEqual(Array(DEVICES).fill(OLD));
    expect(boots.slice(-DEVICES).map(({ firmware }) => firmware)).toEqual(Array(DEVICES).fill(OLD));
    expect(boots).toHaveLength(2 * DEVICES);
  });

  it.each<[UpdateFault, string, number]>([['cut_trial', 'power_cut', OLD], ...(FULL ? AT_FULL_DEPTH : [])])(
    'comes back with the old program when a step fails: %s',
    async (fault, outcome, firmware) => {
      const { updates, firmwares } = await offer(NEXT, fault);
      expect(updates).toEqual({ [outcome]: DEVICES });
      expect(firmwares).toEqual(Array(DEVICES).fill(firmware));
    },
  );
});
