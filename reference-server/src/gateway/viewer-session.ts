import type { NewestWindow } from '@gaitway/contract';
import type { Socket } from 'socket.io';
import type { Update } from '../fanout/fan-out.ts';
import type { EngineConnection } from './socket-server.ts';

export interface ViewerSessionOptions {
  /** Packets that may wait; above it only the newest of each is kept. */
  queuePacketsMax: number;
  /** Called once each time that the viewer falls so far behind that it misses something. */
  onSlow(): void;
  onDropped(count: number): void;
}

/**
 * One viewer's way out. While its connection keeps up, updates go straight through. When `queuePacketsMax`
 * packets wait, only the newest update per patient and kind is kept, and what it replaces is counted as
 * dropped. As the connection empties, the viewer is told how much it missed, if it missed anything (a burst of
 * many patients at once is only spread out), and gets the newest of each, never more at once than may wait. So
 * what waits is bounded by what is watched, however slow the viewer.
 */
export class ViewerSession {
  private readonly socket: Socket;
  private readonly connection: EngineConnection;
  private readonly options: ViewerSessionOptions;
  private latest: Map<string, Update> | undefined;
  private dropped = 0;

  constructor(socket: Socket, options: ViewerSessionOptions) {
    this.socket = socket;
    this.connection = socket.conn as unknown as EngineConnection;
    this.options = options;
    this.connection.on('drain', () => this.catchUp());
  }

  deliver(update: Update): void {
    if (this.latest === undefined && this.hasRoom()) {
      this.send(update);
      return;
    }
    this.latest ??= new Map();
    const key = keyOf(update);
    // Deleted first, so that what is kept stays in the order in which it came.
    if (this.latest.delete(key)) this.drop();
    else if (this.latest.size >= LATEST_MAX) {
      this.latest.delete(this.latest.keys().next().value!);
      this.drop();
    }
    this.latest.set(key, update);
  }

  /** What the archive holds; left out while the viewer is behind, since nothing of it is new. `false`: it was left out. */
  deliverNewest(windows: NewestWindow[]): boolean {
    if (this.latest !== undefined || !this.hasRoom()) return false;
    this.socket.emit('newest', windows);
    return true;
  }

  private hasRoom(): boolean {
    return this.connection.writeBuffer.length < this.options.queuePacketsMax;
  }

  private drop(): void {
    if (this.dropped === 0) this.options.onSlow();
    this.dropped += 1;
    this.options.onDropped(1);
  }

  private catchUp(): void {
    const { latest } = this;
    if (latest === undefined || this.connection.writeBuffer.length > 0) return;
    if (this.dropped > 0) this.socket.emit('slow', { dropped: this.dropped });
    this.dropped = 0;
    // At least one goes out each time, so that notices alone never fill the way.
    for (const [key, update] of latest) {
      latest.delete(key);
      this.send(update);
      if (!this.hasRoom() && latest.size > 0) return;
    }
    this.latest = undefined;
  }

  private send(update: Update): void {
    switch (update.kind) {
      case 'reading':
        this.socket.emit('reading', update.reading);
        break;
      case 'window':
        this.socket.emit('window', update.window);
        break;
      case 'assessment':
        this.socket.emit('assessment', update.assessment);
        break;
      case 'alert':
        this.socket.emit('alert', update.alert);
        break;
      case 'insight':
        this.socket.emit('insight', update.insight);
        break;
    }
  }
}

/** Updates that replace each other: the newest of a patient and kind. An alert is replaced by its own later state only. */
function keyOf(update: Update): string {
  return update.kind === 'alert' ? `alert:${update.alert.id}` : `${update.kind}:${update.patient}`;
}

/** What a slow viewer is kept at the most, over all patients and kinds. */
const LATEST_MAX = 5000;
