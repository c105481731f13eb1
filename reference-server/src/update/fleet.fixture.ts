import { createHash } from 'node:crypto';
import {
  decodeFrame,
  FEATURE_FIELDS,
  FrameKind,
  HEADER_BYTES,
  ResetCause,
  readBoot,
  uniform,
} from '@gaitway/contract';
import { type HeldFrame, Twin, type TwinHooks, type UpdateOutcome, Updater } from '@gaitway/firmware';
import type { Sighting } from './wave.ts';
import type { ProgramVersion } from './wave-plan.ts';

export const OLD: ProgramVersion = { firmware: 0x1000, hash: 0x01010101 };
const IMAGE_BYTES = 2048;
const HASH_AT = 700;
const PIECE_BYTES = 512;
const SLOT_MS = 5000;
const WRITE_MS = 3000;
export const STEP_MS = 1000;
const NOBODY: TwinHooks = { released() {}, dropped() {}, refused() {} };
const VALUES = new Int32Array(FEATURE_FIELDS.length);
const STREAM = { image: 1, fault: 2, link: 3 } as const;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** An image as the build makes it: bytes, and in them the beginning of their SHA-256, taken with 0 in its place. */
export function imageOf(firmware: number): { version: ProgramVersion; bytes: Uint8Array } {
  const bytes = Uint8Array.from(
    { length: IMAGE_BYTES },
    (_, at) => 1 + Math.floor(255 * uniform(firmware, STREAM.image, at)),
  );
  bytes.fill(0, HASH_AT, HASH_AT + 4);
  const hash = Buffer.from(sha256(bytes)).readUInt32BE();
  new DataView(bytes.buffer).setUint32(HASH_AT, hash, true);
  return { version: { firmware, hash }, bytes };
}

/** What a device does with an update: `mute` programs run and are not heard. */
export type Luck = 'good' | 'download fails' | 'damaged' | 'power cut' | 'mute';

/** What it says to its server, and the server to it. */
export interface ServerSide {
  connected(device: number): void;
  disconnected(device: number): void;
  seen(device: number, sighting: Sighting): void;
}

/** A wearable with its modem: the twin, and the updater. Its link is lost now and then. */
export class FleetDevice {
  readonly outcomes: UpdateOutcome[] = [];
  offers = 0;
  private readonly seed: number;
  private readonly number: number;
  private readonly server: ServerSide;
  private readonly twin: Twin;
  private readonly updater: Updater;
  private readonly luckOf: (firmware: number) => Luck;
  private readonly imageOf: (firmware: number) => Uint8Array;
  private isUp = false;
  private fetchFrom: { firmware: number; offset: number } | undefined;
  private write: { version: ProgramVersion; doneMs: number } | undefined;
  private powerWasCut = false;

  constructor(
    seed: number,
    device: number,
    world: {
      server: ServerSide;
      luckOf: (firmware: number) => Luck;
      imageOf: (firmware: number) => Uint8Array;
    },
  ) {
    this.seed = seed;
    this.number = device;
    this.server = world.server;
    this.luckOf = world.luckOf;
    this.imageOf = world.imageOf;
    const settings = { firmware: OLD.firmware, placement: 1, accelRange: 2, gyroRange: 2 };
    this.twin = new Twin(device, 1, settings, NOBODY);
    this.updater = new Updater(
      OLD,
      { sha256 },
      {
        offer: ({ firmware }) => this.updater.taken(firmware, this.nowMs),
        fetch: ({ firmware }, offset) => {
          this.fetchFrom = { firmware, offset };
        },
        write: (version) => {
          this.write = { version, doneMs: this.nowMs + WRITE_MS };
        },
        ended: (outcome) => this.outcomes.push(outcome),
      },
    );
  }

  private nowMs = 0;

  /** What it runs. */
  get running(): ProgramVersion {
    return this.updater.running;
  }

  get isUpdating(): boolean {
    return this.updater.state !== 'running';
  }

  /** The server's command, as far as the link is up. */
  offered(version: ProgramVersion): void {
    if (!this.isUp) return;
    this.offers += 1;
    this.updater.offer(version, this.nowMs);
  }

  /** One second of its life. */
  step(nowMs: number): void {
    this.nowMs = nowMs;
    this.changeLink();
    if (this.write === undefined && (nowMs + 1000 * this.number) % SLOT_MS < STEP_MS)
      this.twin.endSlot(nowMs - SLOT_MS, SLOT_MS, VALUES, 0, 3700, nowMs);
    this.fetch();
    this.send();
    this.updater.wake(nowMs);
    this.finishWriting();
  }

  /** Of the next 20 s the link is up, or down now and then. */
  private changeLink(): void {
    const isUp = uniform(this.seed ^ this.number, STREAM.link, Math.floor(this.nowMs / 20_000)) > 0.1;
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    if (isUp) {
      this.twin.linkUp(this.nowMs);
      this.server.connected(this.number);
    } else {
      this.twin.linkDown(this.nowMs);
      this.server.disconnected(this.number);
    }
  }

  private get isMute(): boolean {
    return this.updater.state === 'trial' && this.luckOf(this.firmwareOnTrial) === 'mute';
  }
  private firmwareOnTrial = 0;

  private fetch(): void {
    const { fetchFrom } = this;
    if (fetchFrom === undefined || !this.isUp) return;
    this.fetchFrom = undefined;
    const { firmware, offset } = fetchFrom;
    const luck = this.luckOf(firmware);
    if (luck === 'download fails' && offset > 0) return this.updater.failed();
    const image = this.imageOf(firmware);
    const piece = image.slice(offset, offset + PIECE_BYTES);
    if (luck === 'damaged') piece[5]! ^= 4;
    this.updater.piece(piece, offset + PIECE_BYTES >= image.length, this.nowMs);
  }

  private send(): void {
    if (this.write !== undefined || this.isMute) return;
    for (
      let frame = this.twin.transmit(this.nowMs);
      frame !== undefined;
      frame = this.twin.transmit(this.nowMs)
    )
      this.answer(frame);
  }

  private answer({ bytes }: HeldFrame): void {
    const frame = decodeFrame(bytes);
    if (typeof frame === 'string') throw new Error(frame);
    const { boot, seq, firmware, kind } = frame;
    const isBoot = kind === FrameKind.boot;
    const isSwapped = isBoot && readBoot(bytes, HEADER_BYTES).resetCause === ResetCause.external;
    this.server.seen(this.number, { firmware, isBoot, isSwapped });
    this.updater.frame(bytes);
    this.twin.answered({ boot, seq }, this.nowMs);
    this.updater.acknowledged(boot, seq);
  }

  private finishWriting(): void {
    if (this.write === undefined || this.nowMs < this.write.doneMs) return;
    const { version } = this.write;
    const isNew = version.firmware !== this.updater.running.firmware;
    this.write = undefined;
    if (isNew && this.luckOf(version.firmware) === 'power cut' && !this.powerWasCut) {
      this.powerWasCut = true;
      this.updater.powerCut();
      return;
    }
    if (isNew) this.firmwareOnTrial = version.firmware;
    this.twin.reboot(this.nowMs, !this.powerWasCut);
    if (this.powerWasCut && this.isUp) this.twin.linkUp(this.nowMs);
    this.twin.install(version.firmware);
    const report = { resetCause: ResetCause.external, imageHash: version.hash };
    this.twin.bootReport(this.nowMs, report, 3700, this.nowMs);
    this.updater.written(this.nowMs);
  }
}

/** What happens to a device, by its number and the version: so many of a hundred have bad luck. */
export function luckOf(seed: number, device: number, badShare: number): Luck {
  if (uniform(seed, STREAM.fault, device) >= badShare) return 'good';
  const kinds = ['download fails', 'damaged', 'power cut', 'mute'] as const;
  return kinds[Math.floor(uniform(seed, STREAM.fault, device, 1) * kinds.length)]!;
}
