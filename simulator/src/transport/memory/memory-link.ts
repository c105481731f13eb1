import type { Clock, FrameAnswer } from '@gaitway/contract';
import { frameRoom } from '@gaitway/firmware';
import { type LinkEnd, linkEndReason } from '../link-end.ts';
import type { DeviceLink, DeviceLinkListener } from '../transport.ts';
import type { LinkDraws, LinkFaults } from './link-faults.ts';
import type { MemoryServer, MemorySession } from './memory-server.ts';

export interface MemoryLinkOptions {
  clock: Clock;
  faults(): LinkFaults;
  draws: LinkDraws;
  listener: DeviceLinkListener;
  gone(): void;
}

interface FrameOnItsWay {
  messageId: number;
  bytes: Uint8Array;
  /** How often it arrives. */
  times: number;
  /** The link is cut at it. */
  cut: boolean;
}

/** One device's connection in memory. Each direction keeps its order, whatever delays are drawn. */
export class MemoryLink implements DeviceLink {
  private readonly options: MemoryLinkOptions;
  private session: MemorySession | undefined;
  private phase: 'up' | 'leaving' | 'down' = 'up';
  private sent = 0;
  private toServerMs = 0;
  private toDeviceMs = 0;
  /** Frames on their way, and answers: each direction keeps its order, so the next to arrive is the first. */
  private readonly frames: FrameOnItsWay[] = [];
  private readonly answers: { messageId: number; answer: FrameAnswer }[] = [];

  constructor(options: MemoryLinkOptions) {
    this.options = options;
  }

  connect(server: MemoryServer | undefined, url: string, token: string): void {
    const { draws, faults, listener } = this.options;
    this.towardsServer(() => {
      if (server === undefined) return this.end('unreachable', `nobody listens at ${url}`);
      if (draws.chance(faults().connectFailureShare)) return this.end('unreachable');
      const opened = server.open(token, {
        command: (command) => this.towardsDevice(() => listener.command(command)),
        disconnect: (reason) => this.towardsDevice(() => this.end('server_closed', reason)),
      });
      if ('refused' in opened) {
        this.towardsDevice(() => {
          listener.refused(opened.refused, opened.says);
          this.end('refused');
        });
        return;
      }
      this.session = opened;
      this.towardsDevice(() => listener.connected());
    });
  }

  send(frame: Uint8Array): number {
    const messageId = this.sent++;
    const { draws } = this.options;
    const faults = this.options.faults();
    // The device stamps its frame anew for each transmission: what is on its way must not change with it.
    const bytes = copyOf(frame);
    const cut = draws.chance(faults.cutShare);
    const arrives = !cut || draws.chance(0.5);
    const times = draws.chance(faults.repeatedShare) ? 2 : 1;
    this.frames.push({ messageId, bytes, times: arrives ? times : 0, cut });
    this.toServerMs = this.deliver(this.toServerMs, this.frameArrives);
    return messageId;
  }

  close(): void {
    this.leave('closed');
  }

  cut(): void {
    this.leave('cut');
  }

  private answer(messageId: number, answer: FrameAnswer): void {
    if (this.options.draws.chance(this.options.faults().lostAnswerShare)) return;
    this.answers.push({ messageId, answer });
    this.toDeviceMs = this.deliver(this.toDeviceMs, this.answerArrives);
  }

  private readonly frameArrives = (): void => {
    const { messageId, bytes, times, cut } = this.frames.shift()!;
    if (this.phase !== 'up') return;
    const answer = (given: FrameAnswer) => this.answer(messageId, given);
    for (let i = 0; i < times; i++) this.session?.receive(i === 0 ? bytes : copyOf(bytes), answer);
    if (cut) this.end('cut');
  };

  private readonly answerArrives = (): void => {
    const { messageId, answer } = this.answers.shift()!;
    if (this.phase === 'up') this.options.listener.answered(messageId, answer);
  };

  private towardsServer(arrive: () => void): void {
    this.toServerMs = this.deliver(this.toServerMs, this.whileUp(arrive));
  }

  private towardsDevice(arrive: () => void): void {
    this.toDeviceMs = this.deliver(this.toDeviceMs, this.whileUp(arrive));
  }

  /** Calls `arrive` after this message's delay, and not before `earliestMs`; returns when. */
  private deliver(earliestMs: number, arrive: () => void): number {
    const { clock, draws, faults } = this.options;
    const nowMs = clock.monotonicMs();
    const atMs = Math.max(earliestMs, nowMs + draws.between(faults().delayMs));
    clock.setTimer(atMs - nowMs, arrive);
    return atMs;
  }

  private whileUp(arrive: () => void): () => void {
    return () => {
      if (this.phase === 'up') arrive();
    };
  }

  /** This side ends it: nothing more arrives, and the listener hears of it outside of this call. */
  private leave(why: LinkEnd): void {
    if (this.phase !== 'up') return;
    this.phase = 'leaving';
    this.options.clock.setTimer(0, () => this.end(why));
  }

  private end(why: LinkEnd, detail?: string): void {
    if (this.phase === 'down') return;
    this.phase = 'down';
    this.options.gone();
    this.session?.closed?.();
    this.options.listener.disconnected(linkEndReason(why, detail));
  }
}

function copyOf(frame: Uint8Array): Uint8Array {
  const copy = frameRoom(frame.length);
  copy.set(frame);
  return copy;
}
