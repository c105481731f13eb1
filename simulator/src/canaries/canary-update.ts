import {
  type DeviceCommand,
  FrameKind,
  HEADER,
  HEADER_BYTES,
  type ResetCause,
  readBoot,
  readU16,
} from '@gaitway/contract';
import { offeredProgram, type ProgramVersion } from '@gaitway/firmware';
import type { Program } from '@gaitway/firmware/board';
import type { DeviceConnection } from '../fleet/device-connection.ts';
import type { DeviceContext } from '../fleet/device-context.ts';
import { slotStartMs } from '../fleet/schedule.ts';
import type { LinkTarget } from '../transport/transport.ts';
import { ModemUpdate, type UpdateContext, type UpdatedChip } from '../update/modem-update.ts';
import type { ModemBoard } from './modem-board.ts';
import { programOfImage } from './program-of-image.ts';

/** Writing takes longer than all the slices that warm a program up. */
const WARM_UP_EVERY_MS = 4;

export interface CanaryParts {
  context: DeviceContext;
  index: number;
  board: ModemBoard;
  connection: DeviceConnection;
  /** What the board begins with. */
  program: Program;
  /** When the last of the chip's slots ended. */
  lastDueMs(): number;
}

type Offer = Extract<DeviceCommand, { command: 'update_offer' }>;

/**
 * The updates of one canary. The modem does everything but run the program: what stands for writing the flash is that the board
 * is held in reset for so long, and then starts with another program (avr8js executes no SPM).
 */
export class CanaryUpdate implements UpdatedChip {
  private readonly parts: CanaryParts;
  private readonly updates: UpdateContext;
  private readonly modem: ModemUpdate;
  /** The two images that the modem has room for: what runs or ran, and what is tried. */
  private readonly programs = new Map<number, Program>();
  private countedToMs = Number.NEGATIVE_INFINITY;

  private constructor(parts: CanaryParts, updates: UpdateContext, program: ProgramVersion) {
    this.parts = parts;
    this.programs.set(program.hash, parts.program);
    this.program = program;
    this.updates = updates;
    this.modem = new ModemUpdate(updates, parts.index, this);
  }

  readonly program: ProgramVersion;

  /** `undefined`: nobody answers offers here, or the chip has not said what it runs. */
  static of(parts: CanaryParts, running: ProgramVersion | undefined): CanaryUpdate | undefined {
    const { updates } = parts.context;
    return updates && running && new CanaryUpdate(parts, updates, running);
  }

  /** The new program has not shown yet that it works: that it hangs is the modem's business. */
  get isOnTrial(): boolean {
    return this.modem.state === 'trial' || this.modem.state === 'restoring';
  }

  get isMute(): boolean {
    return this.modem.isMute;
  }

  offered(command: Offer): void {
    const version = offeredProgram(command);
    if (version !== undefined) this.modem.offered(version);
  }

  /** The chip's log says that it has seen an offer. */
  taken(firmware: number): void {
    this.modem.taken(firmware);
  }

  frame(bytes: Uint8Array): void {
    this.modem.frame(bytes);
  }

  acknowledged(boot: number, seq: number): void {
    this.modem.acknowledged(boot, seq);
  }

  // What the modem does with the chip.

  get server(): LinkTarget {
    return this.parts.connection.server;
  }

  offer(version: ProgramVersion): void {
    this.parts.board.modem.say({ type: 'updateOffer', ...version });
  }

  hold(next?: { version: ProgramVersion; image: Uint8Array }): void {
    this.parts.board.hold();
    if (next === undefined) return;
    const { hash } = next.version;
    this.programs.set(
      hash,
      programOfImage(hash, next.image, (slice) => this.updates.after(WARM_UP_EVERY_MS, slice)),
    );
  }

  cutPower(): void {
    this.parts.connection.cut();
    this.hold();
  }

  confirmed(): void {
    // There are few canaries, and the modem keeps the old image.
  }

  slotAtMs(earliestMs: number): number {
    const { context, index } = this.parts;
    const { schedule } = context;
    const firstMs = slotStartMs(schedule, index, 0);
    return firstMs + schedule.slotMs * Math.ceil((earliestMs - firstMs) / schedule.slotMs);
  }

  start(cause: ResetCause, { hash }: ProgramVersion, _: unknown, atMs: number): void {
    const { context, board } = this.parts;
    board.letGo(cause, this.programs.get(hash)!, atMs);
    // Also those in which a new program hung. The chip's slots are those of the schedule, but for the ms that its starts take.
    const { slotMs } = context.schedule;
    const afterMs = Math.max(this.parts.lastDueMs() + slotMs / 2, this.countedToMs + 1);
    for (let dueMs = this.slotAtMs(afterMs); dueMs <= Math.min(atMs, context.endMs - 1); dueMs += slotMs)
      context.notMade(dueMs);
    this.countedToMs = atMs;
  }
}

/** What a boot frame says of the program that sent it; `undefined`: it is none. */
export function programOfBoot(bytes: Uint8Array): ProgramVersion | undefined {
  if (bytes[HEADER.kind] !== FrameKind.boot) return undefined;
  return {
    firmware: readU16(bytes, HEADER.firmware),
    hash: readBoot(bytes, HEADER_BYTES).imageHash,
  };
}
