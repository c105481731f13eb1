import type { DeviceCommand, FrameAnswer } from '@gaitway/contract';
import type { DeviceLinkListener } from '../transport/transport.ts';

/** What a device hears of its connection. */
export interface ConnectionHearer {
  connected(): void;
  /** The server refused the handshake. */
  turnedAway(code: string): void;
  answered(messageId: number, answer: FrameAnswer): void;
  command(command: DeviceCommand): void;
  disconnected(reason: string): void;
}

/**
 * Between one connection and its device. A device that has left a connection hears no more of it, however
 * late that connection ends: each connection has its own listener.
 */
export class SessionLink implements DeviceLinkListener {
  private session: ConnectionHearer | undefined;

  constructor(session: ConnectionHearer) {
    this.session = session;
  }

  /** The device has left this connection. */
  detach(): void {
    this.session = undefined;
  }

  connected(): void {
    this.session?.connected();
  }

  refused(code: string): void {
    this.session?.turnedAway(code);
  }

  answered(messageId: number, answer: FrameAnswer): void {
    this.session?.answered(messageId, answer);
  }

  command(command: DeviceCommand): void {
    this.session?.command(command);
  }

  disconnected(reason: string): void {
    this.session?.disconnected(reason);
  }
}
