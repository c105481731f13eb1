import { FrameKind, HEADER, HEADER_BYTES, readBoot, readU16, readU32 } from '@gaitway/contract';
import { isImageOf, type Sha256 } from './image-check.ts';

/** A version of the chip's program, as an offer names it. */
export interface ProgramVersion {
  /** As in the frame header. */
  firmware: number;
  /** As in the boot frame: the beginning of the image's SHA-256. */
  hash: number;
}

export type UpdateState =
  | 'running'
  | 'offered'
  | 'downloading'
  | 'verifying'
  | 'swapping'
  | 'trial'
  | 'restoring';

/** How an update ended. In all but the first one the device runs what it ran before. */
export type UpdateOutcome =
  | 'confirmed'
  /** The chip did not answer the offer. */
  | 'not_taken'
  | 'download_failed'
  | 'bad_hash'
  | 'write_failed'
  /** The new program sent nothing that the server acknowledged, in the time that it had. */
  | 'not_confirmed'
  | 'power_cut';

export interface UpdateHooks {
  /** Tell the chip what is offered; `taken` is its answer. */
  offer(version: ProgramVersion): void;
  /** Get the image's bytes from `offset` on; `piece` or `failed` is the answer. */
  fetch(version: ProgramVersion, offset: number): void;
  /**
   * Hold the chip in reset, write its flash, let it go (an external reset, its SRAM kept); `written` or `failed` is the answer.
   * `image`: the new program's bytes; `undefined`: the one that ran before, which the modem still has.
   */
  write(version: ProgramVersion, image: Uint8Array | undefined): void;
  ended(outcome: UpdateOutcome, version: ProgramVersion): void;
}

export interface UpdateSettings {
  sha256: Sha256;
  /** How long the chip may take to answer an offer. Default 10 s. */
  offerMs?: number;
  /** How long one piece of the image may take. Default 60 s. */
  pieceMs?: number;
  /** How long a new program may take to show that it works. Default 60 s. */
  trialMs?: number;
}

const OFFER_MS_DEFAULT = 10_000;
const PIECE_MS_DEFAULT = 60_000;
const TRIAL_MS_DEFAULT = 60_000;
/** The chip's flash. */
export const IMAGE_BYTES_MAX = 32_768;

/**
 * The modem's part in an update, as data and pure steps: time comes in as an argument, and what is to be done goes out
 * through hooks. The modem has the memory for two images; the chip has none, and knows nothing of it but the offer.
 *
 *     state         input                                     then
 *     running       offer of another version                  offered: the chip is told
 *     offered       the chip takes it                         downloading: the first piece is fetched
 *     offered       too late                                  running · not_taken
 *     downloading   a piece                                   the next one is fetched
 *     downloading   the last piece                            verifying
 *     downloading   failed, too late, too long                running · download_failed
 *     verifying     wake: the hash holds                      swapping: the new program is written
 *     verifying     wake: it does not                         running · bad_hash
 *     swapping      written                                   trial: its time begins
 *     swapping      failed                                    restoring · write_failed
 *     trial         its boot frame and a later frame of the   running the new one · confirmed
 *                   same start were acknowledged
 *     trial         too late                                  restoring · not_confirmed
 *     restoring     written                                   running the old one
 *     restoring     failed                                    the old program is written again
 *     swapping, trial, restoring       power was cut          restoring · power_cut
 *     offered, downloading, verifying  power was cut          running · power_cut
 *
 * An offer in any other state is ignored, and so is one of the version that runs, or that was given up as not confirmed:
 * another build has another hash.
 */
export class Updater {
  state: UpdateState = 'running';
  /** What the device runs, or returns to. */
  running: ProgramVersion;
  /** When `wake` is to be called next; Infinity: only an input goes on. */
  wakeAtMs = Number.POSITIVE_INFINITY;
  private readonly settings: UpdateSettings;
  private readonly hooks: UpdateHooks;
  private candidate: ProgramVersion | undefined;
  private givenUp: ProgramVersion | undefined;
  private pieces: Uint8Array[] = [];
  private bytes = 0;
  private reason: UpdateOutcome = 'confirmed';
  /** The new program's boot frame, once it went out. */
  private proof: { boot: number; seq: number } | undefined;

  constructor(running: ProgramVersion, settings: UpdateSettings, hooks: UpdateHooks) {
    this.running = running;
    this.settings = settings;
    this.hooks = hooks;
  }

  /** The server's command. */
  offer(version: ProgramVersion, nowMs: number): void {
    if (this.state !== 'running' || isSame(version, this.running) || isSame(version, this.givenUp)) return;
    this.candidate = version;
    this.go('offered', nowMs + (this.settings.offerMs ?? OFFER_MS_DEFAULT));
    this.hooks.offer(version);
  }

  /** The chip has seen an offer of this version. */
  taken(firmware: number, nowMs: number): void {
    if (this.state !== 'offered' || firmware !== this.candidate!.firmware) return;
    this.fetch(nowMs);
  }

  /** The bytes that were fetched last. */
  piece(bytes: Uint8Array, isLast: boolean, nowMs: number): void {
    if (this.state !== 'downloading') return;
    this.pieces.push(bytes);
    this.bytes += bytes.length;
    if (this.bytes > IMAGE_BYTES_MAX || (bytes.length === 0 && !isLast)) this.end('download_failed');
    else if (isLast) this.go('verifying', nowMs);
    else this.fetch(nowMs);
  }

  /** What was asked for last did not succeed. */
  failed(): void {
    if (this.state === 'downloading') this.end('download_failed');
    else if (this.state === 'swapping') this.restore('write_failed');
    else if (this.state === 'restoring') this.restore(this.reason);
  }

  /** The chip was let go with the program that was to be written. */
  written(nowMs: number): void {
    if (this.state === 'swapping') this.go('trial', nowMs + (this.settings.trialMs ?? TRIAL_MS_DEFAULT));
    else if (this.state === 'restoring') this.end(this.reason);
  }

  /** A frame that the chip sent. */
  frame(bytes: Uint8Array): void {
    if (this.state !== 'trial' || bytes[HEADER.kind] !== FrameKind.boot) return;
    const { firmware, hash } = this.candidate!;
    const isNew =
      readU16(bytes, HEADER.firmware) === firmware && readBoot(bytes, HEADER_BYTES).imageHash === hash;
    // A program that is reset again and again has to show itself anew each time.
    this.proof = isNew ? { boot: readU16(bytes, HEADER.boot), seq: readU32(bytes, HEADER.seq) } : undefined;
  }

  /** The server has everything of this boot up to `seq`. */
  acknowledged(boot: number, seq: number): void {
    if (this.state !== 'trial' || this.proof?.boot !== boot || seq <= this.proof.seq) return;
    this.running = this.candidate!;
    this.end('confirmed');
  }

  /** The power came back. What the modem was doing it knows from its own flash; what it had fetched is lost. */
  powerCut(): void {
    if (this.state === 'swapping' || this.state === 'trial') this.restore('power_cut');
    else if (this.state === 'restoring') this.restore(this.reason);
    else if (this.state !== 'running') this.end('power_cut');
  }

  /** At or after `wakeAtMs`; before it nothing happens. */
  wake(nowMs: number): void {
    if (nowMs < this.wakeAtMs) return;
    switch (this.state) {
      case 'offered':
        return this.end('not_taken');
      case 'downloading':
        return this.end('download_failed');
      case 'verifying':
        return this.verify();
      case 'trial':
        this.givenUp = this.candidate;
        return this.restore('not_confirmed');
      case 'running':
      case 'swapping':
      case 'restoring':
        return;
    }
  }

  private fetch(nowMs: number): void {
    this.go('downloading', nowMs + (this.settings.pieceMs ?? PIECE_MS_DEFAULT));
    this.hooks.fetch(this.candidate!, this.bytes);
  }

  private verify(): void {
    const image = new Uint8Array(this.bytes);
    let at = 0;
    for (const piece of this.pieces) {
      image.set(piece, at);
      at += piece.length;
    }
    const candidate = this.candidate!;
    if (!isImageOf(image, candidate.hash, this.settings.sha256)) return this.end('bad_hash');
    this.forgetImage();
    this.go('swapping');
    this.hooks.write(candidate, image);
  }

  private restore(reason: UpdateOutcome): void {
    this.reason = reason;
    this.go('restoring');
    this.hooks.write(this.running, undefined);
  }

  private end(outcome: UpdateOutcome): void {
    const candidate = this.candidate!;
    this.candidate = undefined;
    this.forgetImage();
    this.go('running');
    this.hooks.ended(outcome, candidate);
  }

  private forgetImage(): void {
    this.pieces = [];
    this.bytes = 0;
  }

  private go(state: UpdateState, wakeAtMs = Number.POSITIVE_INFINITY): void {
    this.state = state;
    this.wakeAtMs = wakeAtMs;
    this.proof = undefined;
  }
}

function isSame(a: ProgramVersion, b: ProgramVersion | undefined): boolean {
  return a.firmware === b?.firmware && a.hash === b.hash;
}
