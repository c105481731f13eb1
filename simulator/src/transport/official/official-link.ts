import type { Socket } from 'socket.io-client';
import type { Deadlined, Deadlines } from '../deadlines.ts';
import { isFields, parseDeviceCommand, parseFrameAnswer, refusalOf } from '../device-messages.ts';
import { type LinkEnd, linkEndReason } from '../link-end.ts';
import type { DeviceLink, DeviceLinkListener } from '../transport.ts';

/** What the library says at a disconnect, in our words. */
const ENDS: Readonly<Record<string, LinkEnd>> = {
  'io server disconnect': 'left',
  'io client disconnect': 'closed',
  'ping timeout': 'ping_timeout',
  'transport close': 'server_closed',
  'transport error': 'lost',
  'parse error': 'protocol',
};

/** One connection of `socket.io-client`. */
export class OfficialLink implements DeviceLink, Deadlined {
  deadlineMs: number;
  private readonly socket: Socket;
  private readonly listener: DeviceLinkListener;
  private readonly deadlines: Deadlines;
  private wasConnected = false;
  private over = false;
  private lastMessageId = 0;

  constructor(socket: Socket, listener: DeviceLinkListener, deadlines: Deadlines, connectTimeoutMs: number) {
    this.socket = socket;
    this.listener = listener;
    this.deadlines = deadlines;
    this.deadlineMs = deadlines.after(connectTimeoutMs);
    deadlines.watch(this);
    socket.on('connect', () => this.connected());
    socket.on('connect_error', (error) => this.connectFailed(error));
    socket.on('disconnect', (reason) => this.end(ENDS[reason] ?? 'lost', reason));
    socket.on('command', (value: unknown) => this.commanded(value));
  }

  send(frame: Uint8Array): number {
    if (!this.wasConnected) {
      throw new Error('A frame was sent before the connection was up: wait for connected().');
    }
    this.lastMessageId += 1;
    const messageId = this.lastMessageId;
    if (this.over || !this.socket.connected) return messageId;
    // The library may keep the bytes until its transport drains, the caller may use them again at once.
    this.socket.emit('frame', Buffer.from(frame), (value: unknown) => this.answered(messageId, value));
    return messageId;
  }

  close(): void {
    if (this.over) return;
    this.endLater('closed');
    this.socket.disconnect();
  }

  cut(): void {
    if (this.over) return;
    this.endLater('cut');
    this.terminate();
  }

  expired(): void {
    this.end('connect_timeout');
    this.terminate();
  }

  private connected(): void {
    if (this.over) return;
    this.deadlines.forget(this);
    this.wasConnected = true;
    this.listener.connected();
  }

  private connectFailed(error: Error): void {
    if (this.over) return;
    // `active` is false only where the namespace itself refused; what failed below it could be tried again.
    if (this.socket.active) {
      const text =
        isFields(error) && isFields(error.description) ? String(error.description.message) : error.message;
      this.end(text.includes('server response') ? 'upgrade' : 'unreachable', text);
      this.socket.disconnect();
      return;
    }
    const { code, says } = refusalOf(error.message, isFields(error) ? error.data : undefined);
    this.over = true;
    this.deadlines.forget(this);
    this.listener.refused(code, says);
    this.listener.disconnected(linkEndReason('refused', code));
  }

  private answered(messageId: number, value: unknown): void {
    if (this.over) return;
    const answer = parseFrameAnswer(value);
    if (answer !== undefined) {
      this.listener.answered(messageId, answer);
      return;
    }
    // First the reason, since the library calls every end that this side begins the same.
    this.end('protocol', `the answer to message ${messageId} is none of the contract`);
    this.terminate();
  }

  private commanded(value: unknown): void {
    if (this.over) return;
    const command = parseDeviceCommand(value);
    if (command !== undefined) this.listener.command(command);
  }

  /** Drops the TCP connection without a close frame: the library has no word for it, its `ws` socket has. */
  private terminate(): void {
    const engine = this.socket.io.engine as unknown as { transport?: { ws?: { terminate?: () => void } } };
    engine.transport?.ws?.terminate?.();
    this.socket.disconnect();
  }

  private end(end: LinkEnd, detail = ''): void {
    if (this.over) return;
    this.over = true;
    this.deadlines.forget(this);
    this.listener.disconnected(linkEndReason(end, detail));
  }

  /** For what this side began: the listener is never called from inside its own call. */
  private endLater(end: LinkEnd): void {
    this.over = true;
    this.deadlines.forget(this);
    process.nextTick(() => this.listener.disconnected(linkEndReason(end)));
  }
}
