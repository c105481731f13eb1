import type { Clock } from '@gaitway/contract';
import { LiveScreen, type LiveState, renderProgressLine } from '@gaitway/dashboards';
import { renderOptionsOf } from '../terminal.ts';

const LINE_EVERY_MS = 5000;

/** How a run is shown while it goes on: a view that is redrawn on a terminal, a plain line now and then elsewhere. */
export interface RunDisplay {
  update(state: LiveState): void;
  /** A sentence between. A view that is redrawn ends with it, and plain lines follow: it would be drawn over. */
  say(line: string): void;
  close(): void;
}

/** `stream`: where people read; `say`: one line to it. */
export function runDisplay(
  stream: NodeJS.WriteStream,
  clock: Clock,
  say: (line: string) => void,
): RunDisplay {
  if (stream.isTTY && process.env.TERM !== 'dumb') return new Redrawn(stream, clock, new Lines(clock, say));
  return new Lines(clock, say);
}

/** Nothing is drawn before there is something to show: a run that cannot start leaves the terminal as it was. */
class Redrawn implements RunDisplay {
  private readonly stream: NodeJS.WriteStream;
  private readonly clock: Clock;
  private readonly lines: Lines;
  private screen: LiveScreen | undefined;
  private over = false;

  constructor(stream: NodeJS.WriteStream, clock: Clock, lines: Lines) {
    this.stream = stream;
    this.clock = clock;
    this.lines = lines;
  }

  say(line: string): void {
    if (this.screen !== undefined) this.close();
    this.lines.say(line);
  }

  update(state: LiveState): void {
    if (this.over) {
      this.lines.update(state);
      return;
    }
    this.screen ??= new LiveScreen(this.stream, this.clock, process, renderOptionsOf(this.stream));
    this.screen.update(state);
  }

  close(): void {
    this.screen?.close();
    this.screen = undefined;
    this.over = true;
  }
}

class Lines implements RunDisplay {
  private readonly clock: Clock;
  readonly say: (line: string) => void;
  private saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, say: (line: string) => void) {
    this.clock = clock;
    this.say = say;
  }

  update(state: LiveState): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.saidAtMs < LINE_EVERY_MS) return;
    this.saidAtMs = nowMs;
    this.say(renderProgressLine(state));
  }

  close(): void {}
}
