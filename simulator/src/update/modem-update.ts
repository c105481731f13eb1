import { createHash } from 'node:crypto';
import { ResetCause, type TimerHandle } from '@gaitway/contract';
import { type ProgramVersion, Updater, type UpdateState } from '@gaitway/firmware';
import type { LinkTarget } from '../transport/transport.ts';
import type { ImageSource, PieceAnswer } from './image-source.ts';
import type { UpdateFault } from './update-faults.ts';

/** What a modem asks for at once, and how fast its connection is: 16 kbit/s. */
const PIECE_BYTES = 4096;
const PIECE_MS = 2000;
const ASK_AGAIN_MS = 5000;
const OFFER_AGAIN_MS = 1000;
/**
 * The modem writes the chip's flash over its programming pins: at most 256 pages of 128 bytes that take 4.5 ms each (ATmega328P
 * datasheet, tWD_FLASH), and their bytes twice over the line at 1 MHz.
 */
const WRITE_MS = 1700;
/** A new program has been running for so long when the power is cut in its trial. */
const TRIAL_BEFORE_CUT_MS = 3000;

/** What the updates of a process' devices share. */
export interface UpdateContext {
  readonly images: ImageSource;
  nowMs(): number;
  /** Calls `then` once so much later, unless the run is over by then. */
  after(delayMs: number, then: () => void): TimerHandle;
  clearAfter(timer: TimerHandle): void;
  tokenOf(index: number): string;
  faultOf(index: number, version: ProgramVersion): UpdateFault | undefined;
  /** An update has ended so. */
  updated(outcome: string): void;
  /** One object for each version, so that a fleet does not hold one a device. */
  shared(version: ProgramVersion): ProgramVersion;
}

/** The chip that a modem updates: a twin, or a board. */
export interface UpdatedChip {
  /** What it runs. */
  readonly program: ProgramVersion;
  /** The server that the device is connected to, or was. */
  readonly server: LinkTarget;
  /** Tells it what is offered; {@link ModemUpdate.taken} is its answer. */
  offer(version: ProgramVersion): void;
  /** It is held in reset from now on. `next`: a program that it never had before is being written. */
  hold(next?: { version: ProgramVersion; image: Uint8Array }): void;
  /** It is held in reset, has lost what it kept in memory, and the modem's connection is cut. */
  cutPower(): void;
  /** The first moment from `earliestMs` on at which a slot of its schedule begins. */
  slotAtMs(earliestMs: number): number;
  /** It runs this version for good. What updated it may be forgotten: another one begins from here. */
  confirmed(version: ProgramVersion): void;
  /** It is let go, in the beginning of a slot. `image`: a program that it never had before; otherwise it has `version`. */
  start(cause: ResetCause, version: ProgramVersion, image: Uint8Array | undefined, atMs: number): void;
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/**
 * A modem's part in the updates of one device, around the firmware's `Updater`, which decides: fetching, the time that writing
 * takes, and what goes wrong on purpose. It is made with the first offer, and has a timer only while an update is under way.
 *
 * The chip is let go when a slot of its schedule begins: what is known of a patient is known by slots.
 */
export class ModemUpdate {
  private readonly context: UpdateContext;
  private readonly index: number;
  private readonly chip: UpdatedChip;
  private readonly updater: Updater;
  private fault: UpdateFault | undefined;
  private faultIsUsed = false;
  private drawnFor: ProgramVersion | undefined;
  private isPowerBack = false;
  private wakeTimer: TimerHandle;
  private startTimer: TimerHandle;
  /** Numbers what is fetched: an answer that comes when nobody waits for it any more is none. */
  private asked = 0;
  /** No slot before this counts: the chip was in reset at its beginning. Infinite while it is held. */
  runsSinceMs = Number.NEGATIVE_INFINITY;

  constructor(context: UpdateContext, index: number, chip: UpdatedChip) {
    this.context = context;
    this.index = index;
    this.chip = chip;
    this.updater = new Updater(
      chip.program,
      { sha256 },
      {
        offer: (version) => {
          if (this.fault !== 'not_taken') chip.offer(version);
        },
        fetch: (version, offset) => this.fetch(version, offset),
        write: (version, image) => this.write(version, image),
        ended: (outcome, version) => {
          this.asked += 1;
          context.updated(outcome);
          if (outcome === 'confirmed') chip.confirmed(context.shared(version));
        },
      },
    );
  }

  get state(): UpdateState {
    return this.updater.state;
  }

  get isHeld(): boolean {
    return this.runsSinceMs === Number.POSITIVE_INFINITY;
  }

  /** Nothing that the chip says gets out: it is in reset, or its new program is one that nobody hears. */
  get isMute(): boolean {
    const isUnheard = this.fault === 'not_confirmed' || this.fault === 'cut_restoring';
    return this.isHeld || (isUnheard && this.updater.state === 'trial');
  }

  offered(version: ProgramVersion): void {
    // A chip in reset answers nothing: it is told when it runs.
    if (this.isHeld && this.updater.state === 'running')
      return void this.context.after(OFFER_AGAIN_MS, () => this.offered(version));
    this.input(() => {
      // Known before the updater asks anything of the chip.
      if (this.updater.state === 'running') this.draw(version);
      this.updater.offer(version, this.context.nowMs());
    });
  }

  /** The chip has seen the offer. */
  taken(firmware: number): void {
    this.input(() => this.updater.taken(firmware, this.context.nowMs()));
  }

  /** The chip's frame goes out. */
  frame(bytes: Uint8Array): void {
    this.updater.frame(bytes);
  }

  acknowledged(boot: number, seq: number): void {
    if (this.updater.state === 'trial') this.input(() => this.updater.acknowledged(boot, seq));
  }

  /** What goes wrong with this version. Offered once more, it meets nothing new. */
  private draw(version: ProgramVersion): void {
    if (this.drawnFor?.hash === version.hash && this.drawnFor.firmware === version.firmware) return;
    this.drawnFor = version;
    this.fault = this.context.faultOf(this.index, version);
    this.faultIsUsed = false;
  }

  private fetch(version: ProgramVersion, offset: number): void {
    const asked = ++this.asked;
    const { context, index, chip } = this;
    const request = {
      ...{ server: chip.server, token: context.tokenOf(index) },
      ...{ hash: version.hash, offset, bytes: PIECE_BYTES },
    };
    const isWanted = (): boolean => asked === this.asked && this.updater.state === 'downloading';
    const ask = (): void => {
      if (!isWanted()) return;
      if (this.fault === 'download_failed' && offset > 0) return this.input(() => this.updater.failed());
      context.images.piece({ ...request, server: chip.server }, (answer) => {
        if (isWanted()) context.after(answer === 'later' ? ASK_AGAIN_MS : PIECE_MS, () => take(answer));
      });
    };
    const take = (answer: PieceAnswer): void => {
      if (answer === 'later') ask();
      else if (isWanted()) this.input(() => this.came(answer));
    };
    // Not from inside of the updater.
    context.after(0, ask);
  }

  private came(answer: Exclude<PieceAnswer, 'later'>): void {
    if (answer === 'never') return this.updater.failed();
    const bytes = answer.bytes.slice();
    if (this.fault === 'bad_hash' && bytes.length > 0) bytes[bytes.length >> 1]! ^= 1;
    this.updater.piece(bytes, answer.isLast, this.context.nowMs());
  }

  private write(version: ProgramVersion, image: Uint8Array | undefined): void {
    const cause = this.isPowerBack ? ResetCause.powerOn : ResetCause.external;
    this.isPowerBack = false;
    this.chip.hold(image && { version, image });
    this.runsSinceMs = Number.POSITIVE_INFINITY;
    const earliestMs = this.context.nowMs() + WRITE_MS;
    if (this.fault === 'write_failed' && image !== undefined)
      this.startAfter(earliestMs, () => this.updater.failed());
    else this.letGo(cause, version, image, earliestMs);
  }

  private letGo(
    cause: ResetCause,
    version: ProgramVersion,
    image: Uint8Array | undefined,
    earliestMs: number,
  ): void {
    const atMs = this.chip.slotAtMs(earliestMs);
    this.startAfter(atMs, () => {
      this.runsSinceMs = atMs;
      // Before the chip's first frame, which may go out at once.
      this.updater.written(this.context.nowMs());
      this.chip.start(cause, version, image, atMs);
    });
  }

  private startAfter(atMs: number, then: () => void): void {
    const { context } = this;
    context.clearAfter(this.startTimer);
    this.startTimer = context.after(atMs - context.nowMs(), () => this.input(then));
  }

  /** Something happens to the updater. What follows from it in time, or goes wrong, is seen to when it is done. */
  private input(happens: () => void): void {
    const before = this.updater.state;
    happens();
    const { context, updater } = this;
    const { state } = updater;
    if (state !== before && this.fault === `cut_${state}` && !this.faultIsUsed) {
      if (state === 'trial') context.after(TRIAL_BEFORE_CUT_MS, () => this.cutIn('trial'));
      else return this.cutIn(state);
    }
    context.clearAfter(this.wakeTimer);
    if (updater.wakeAtMs === Number.POSITIVE_INFINITY) return;
    this.wakeTimer = context.after(Math.max(0, updater.wakeAtMs - context.nowMs()), () =>
      this.input(() => updater.wake(context.nowMs())),
    );
  }

  private cutIn(state: UpdateState): void {
    if (this.updater.state !== state || this.faultIsUsed) return;
    this.faultIsUsed = true;
    this.chip.cutPower();
    this.runsSinceMs = Number.POSITIVE_INFINITY;
    this.isPowerBack = true;
    this.input(() => {
      this.updater.powerCut();
      // What it ran is still there: it starts again with it.
      if (this.updater.state === 'running') {
        this.isPowerBack = false;
        this.letGo(ResetCause.powerOn, this.updater.running, undefined, this.context.nowMs());
      }
    });
  }
}
