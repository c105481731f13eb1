import { type DeviceCommand, type FrameAnswer, REJECT_REASONS, SEQ_MAX } from '@gaitway/contract';
import type { DownMessage } from '../link/down-message.ts';
import type { UpMessage } from '../link/up-reader.ts';
import { offeredProgram } from '../update/offered-program.ts';
import { DownQueue } from './down-queue.ts';

/** What the chip's log says (`docs/firmware-link.md`). */
export const LogCode = {
  /** The first message of each start; its value is the boot number. */
  started: 1,
  identify: 2,
  updateOffer: 3,
  sensorLost: 4,
  sensorBack: 5,
  ringDamaged: 6,
  hubLost: 7,
  hubBack: 8,
} as const;

const U16_MAX = 0xffff;

export interface ModemHooks {
  /**
   * Puts a frame on the connection and gives the number that its answer will carry. Only while the link is up, and never
   * answered from inside. The bytes are the receiver's.
   */
  send(frame: Uint8Array, flight: number): number;
  log?(code: number, value: number): void;
}

/**
 * The modem between the chip's line and a connection to a server, as a state machine without I/O: messages of the chip
 * go in and frames come out; answers, commands and the state of the link go in, and {@link toChip} gives what to say
 * after a tick.
 *
 *     what happens          what the chip is told
 *     link up               link up, time
 *     link down             link down; what was in flight is not answered any more
 *     log `started`         link up (if it is), time (if it is known); answers of earlier flights that refuse are forgotten
 *     frame, link up        nothing: it is sent, and its flight is the one in flight
 *     frame, link down      nothing: the chip does not know yet, and holds it
 *     {boot, seq}           acknowledged, late or not
 *     {reject}              rejected, with the flight, if it answers the newest transmission; otherwise nothing
 *     time_sync             time
 *     rate, mode, identify, update_offer   the same
 *
 * The time is the modem's own, as a network gives it to one: the server's `time_sync` is the occasion to say it. The
 * `reconnect` command is about the connection and the business of who keeps that.
 */
export class Modem {
  private readonly hooks: ModemHooks;
  private readonly down = new DownQueue();
  private isUp = false;
  /** A modem that was never connected does not know the time. */
  private knowsTime = false;
  private inFlight: { messageId: number; flight: number } | undefined;

  constructor(hooks: ModemHooks) {
    this.hooks = hooks;
  }

  get linkIsUp(): boolean {
    return this.isUp;
  }

  /** Messages that wait for the chip. */
  get waiting(): number {
    return this.down.length;
  }

  /** The chip says something. What could not be read is ignored: nothing on the line answers it. */
  heard(message: UpMessage): void {
    switch (message.type) {
      case 'frame':
        if (!this.isUp) return;
        this.inFlight = { messageId: this.hooks.send(message.bytes, message.flight), flight: message.flight };
        return;
      case 'log':
        if (message.code === LogCode.started) this.chipStarted();
        this.hooks.log?.(message.code, message.value);
        return;
      case 'damaged':
        return;
    }
  }

  linkUp(): void {
    this.isUp = true;
    this.knowsTime = true;
    this.land();
    this.say({ type: 'linkUp' });
    this.sayTime();
  }

  linkDown(): void {
    this.isUp = false;
    this.land();
    this.say({ type: 'linkDown' });
  }

  /** The server's answer to the message that `send` numbered so. */
  answered(messageId: number, answer: FrameAnswer): void {
    if (!('reject' in answer)) {
      const { boot, seq } = answer;
      // Numbers that no frame has would become others on the line.
      if (boot <= U16_MAX && seq <= SEQ_MAX) this.say({ type: 'acknowledged', boot, seq });
      return;
    }
    if (this.inFlight?.messageId !== messageId) return;
    const { flight } = this.inFlight;
    const device = REJECT_REASONS[answer.reject]?.device === 'drop' ? 'drop' : 'later';
    this.say({ type: 'rejected', flight, device, retryAfterMs: answer.retryAfterMs });
  }

  command(command: DeviceCommand): void {
    switch (command.command) {
      case 'time_sync':
        this.knowsTime = true;
        this.sayTime();
        return;
      case 'rate':
        this.say({ type: 'rate', slotMs: Math.min(U16_MAX, Math.floor(command.slotMs)) });
        return;
      case 'mode':
        this.say({ type: 'mode', mode: command.mode });
        return;
      case 'identify':
        this.say({ type: 'identify' });
        return;
      case 'update_offer':
        this.offerUpdate(command);
        return;
      case 'reconnect':
        return;
    }
  }

  /** Something to say to the chip. What the connection and the server want said is said without it: a button, for example. */
  say(message: DownMessage): void {
    this.down.put(message);
  }

  /** What to say after a tick of this time, at most as much as the chip can keep while it works. */
  toChip(epochMs: number): DownMessage[] {
    return this.down
      .take()
      .map((message) => (message.type === 'timeSync' ? { ...message, epochMs } : message));
  }

  private chipStarted(): void {
    this.land();
    if (this.isUp) this.say({ type: 'linkUp' });
    if (this.knowsTime) this.sayTime();
  }

  /** Nothing is in flight any more: whatever refuses it now would hit another transmission of the same eight bits. */
  private land(): void {
    this.inFlight = undefined;
    this.down.dropRejects();
  }

  /** The line has room for the first four bytes of the image's hash. An offer that does not fit it is none. */
  private offerUpdate(command: Parameters<typeof offeredProgram>[0]): void {
    const program = offeredProgram(command);
    if (program !== undefined) this.say({ type: 'updateOffer', ...program });
  }

  /** The time is filled in when it goes. */
  private sayTime(): void {
    this.say({ type: 'timeSync', epochMs: 0 });
  }
}
