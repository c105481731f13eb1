import type { DeviceCommand, FrameAnswer } from '@gaitway/contract';
import type { DeviceLinkListener } from '../transport.ts';

export type LinkEvent =
  | { kind: 'connected' }
  | { kind: 'refused'; code: string; says: string }
  | { kind: 'answered'; messageId: number; answer: FrameAnswer }
  | { kind: 'command'; command: DeviceCommand }
  | { kind: 'disconnected'; reason: string };

type Kind = LinkEvent['kind'];
export type EventOf<K extends Kind> = Extract<LinkEvent, { kind: K }>;

/** Keeps everything a link says, and lets a test wait for the thing itself. */
export class RecordingListener implements DeviceLinkListener {
  readonly events: LinkEvent[] = [];
  private waiting: (() => void)[] = [];

  connected(): void {
    this.record({ kind: 'connected' });
  }
  refused(code: string, says: string): void {
    this.record({ kind: 'refused', code, says });
  }
  answered(messageId: number, answer: FrameAnswer): void {
    this.record({ kind: 'answered', messageId, answer });
  }
  command(command: DeviceCommand): void {
    this.record({ kind: 'command', command });
  }
  disconnected(reason: string): void {
    this.record({ kind: 'disconnected', reason });
  }

  all<K extends Kind>(kind: K): EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.kind === kind);
  }

  /** Resolves with the first `count` events of a kind once there are so many. */
  async until<K extends Kind>(kind: K, count = 1): Promise<EventOf<K>[]> {
    for (;;) {
      const found = this.all(kind);
      if (found.length >= count) return found.slice(0, count);
      if (kind !== 'disconnected' && this.all('disconnected').length > 0) {
        throw new Error(`The link ended before ${count} x ${kind}: ${JSON.stringify(this.events.slice(-5))}`);
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private record(event: LinkEvent): void {
    this.events.push(event);
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
