import { FrameKind, HEADER, HEADER_BYTES, ResetCause, readBoot, readU16 } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import type { ImageSource } from '../update/image-source.ts';
import type { UpdateFault } from '../update/update-faults.ts';
import { waveTo } from '../whole-system/testing/update-image.ts';
import { KeepingServer, runMemoryFleet } from './testing/memory-fleet.ts';

const { to, image } = waveTo(0x1040);
const IMAGES: ImageSource = {
  piece: ({ offset, bytes }, then) => {
    const piece = image!.slice(offset, offset + bytes);
    then({ bytes: piece, isLast: offset + piece.length === image!.length });
  },
};
const OFFER = { command: 'update_offer', firmware: to.firmware, hash: to.hash.toString(16) } as const;
const DEVICES = 5;
const OFFER_MS = 5000;
/** Once more, when a first piece that did not come was given up. */
const AGAIN_MS = 70_000;
/** From before the chip is written until its trial: what is made meanwhile is held. */
const SILENCE_MS = { from: 6000, to: 14_000 };

/** A fleet that is offered a version while its server answers nothing for a while. */
async function update(options: { fault?: UpdateFault; images?: ImageSource; isOfferedAgain?: boolean } = {}) {
  const server = new KeepingServer();
  const { fault, isOfferedAgain = false, images = IMAGES } = options;
  const answer = server.answer;
  const { ends, ledger } = await runMemoryFleet({
    ...{ devices: DEVICES, measureMs: 100_000, server, images },
    ...(fault ? { updateFaults: { [fault]: 1 } } : {}),
    at: [
      [OFFER_MS, () => server.tell(OFFER)],
      [AGAIN_MS, () => isOfferedAgain && server.tell(OFFER)],
      [SILENCE_MS.from, () => Object.assign(server, { answer: () => undefined })],
      [SILENCE_MS.to, () => Object.assign(server, { answer })],
    ],
  });
  const { updates, lostToUpdates, all } = ends[0]!.counters;
  const kept = [...server.kept.values()];
  const ofKind = (kind: FrameKind) => kept.filter((bytes) => bytes[HEADER.kind] === kind);
  return {
    ...{ updates, lostToUpdates, all, ledger },
    boots: ofKind(FrameKind.boot).map((bytes) => readBoot(bytes, HEADER_BYTES)),
    firmwares: ofKind(FrameKind.features).map((bytes) => readU16(bytes, HEADER.firmware)),
  };
}

describe('the twins of a fleet that are offered an update', () => {
  it('keep their ring over it, and say who they are by the new program', async () => {
    const { updates, all, lostToUpdates, boots, firmwares } = await update();
    expect(updates).toEqual({ confirmed: DEVICES });
    expect(all).toMatchObject({ dropped: 0, refused: 0, unacknowledged: 0, acknowledged: all.due });
    expect(lostToUpdates).toBeGreaterThanOrEqual(DEVICES);
    const { external } = ResetCause;
    expect(boots).toEqual(
      Array(DEVICES).fill({ resetCause: external, ringFrames: 12, imageHash: to.hash, droppedFrames: 0 }),
    );
    expect(new Set(firmwares)).toEqual(new Set([0x1000, to.firmware]));
    expect(firmwares.slice(-DEVICES)).toEqual(Array(DEVICES).fill(to.firmware));
  });

  it('lose what they hold when the power is cut, and each reading of it is accounted for', async () => {
    const { updates, all, boots, firmwares } = await update({ fault: 'cut_swapping' });
    expect(updates).toEqual({ power_cut: DEVICES });
    expect(all.dropped).toBeGreaterThanOrEqual(DEVICES);
    expect(all.acknowledged + all.dropped).toBe(all.due);
    expect(boots.map(({ resetCause }) => resetCause)).toEqual(Array(DEVICES).fill(ResetCause.powerOn));
    expect(new Set(firmwares)).toEqual(new Set([0x1000]));
  });

  it('ask again while nobody answers, and give up when the server says no', async () => {
    let asked = 0;
    const patient = await update({
      images: {
        piece: (request, then) => (asked++ < 3 * DEVICES ? then('later') : IMAGES.piece(request, then)),
      },
    });
    expect(patient.updates).toEqual({ confirmed: DEVICES });
    expect((await update({ images: { piece: (_, then) => then('never') } })).updates).toEqual({
      download_failed: DEVICES,
    });
  });

  it('take no piece that comes when it was given up already', async () => {
    const late = new Map<string, Parameters<ImageSource['piece']>[1]>();
    const { updates } = await update({
      isOfferedAgain: true,
      images: {
        piece: (request, then) => {
          const before = late.get(request.token);
          if (before === undefined) return void late.set(request.token, then);
          before({ bytes: new Uint8Array(9), isLast: true });
          IMAGES.piece(request, then);
        },
      },
    });
    expect(updates).toEqual({ download_failed: DEVICES, confirmed: DEVICES });
  });

  it('give up a piece that does not come within a minute', async () => {
    const { updates, lostToUpdates } = await update({ images: { piece: () => {} } });
    expect(updates).toEqual({ download_failed: DEVICES });
    expect(lostToUpdates).toBe(0);
  });
});
