import type { Clock, TimerHandle } from '@gaitway/contract';
import type { LiveState } from './live-state.ts';
import { renderLiveView } from './live-view.ts';
import { widthOf } from './style.ts';

/** What is needed of `process.stdout`. */
export interface ScreenStream {
  write(text: string): unknown;
  readonly columns?: number | undefined;
  on(event: 'resize', listener: () => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

/** What is needed of `process`: the cursor must come back however the process ends. */
export interface ScreenExit {
  once(event: 'exit', listener: () => void): unknown;
  off(event: 'exit', listener: () => void): unknown;
}

export const FRAME_EVERY_MS = 250;
const COLUMNS_DEFAULT = 80;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Redraws the live view in its place, at most four times a second. The newest state is never left undrawn. */
export class LiveScreen {
  private readonly stream: ScreenStream;
  private readonly clock: Clock;
  private readonly exit: ScreenExit;
  private readonly colour: boolean;
  private state: LiveState | undefined;
  private drawn: string[] = [];
  private drawnAtMs = Number.NEGATIVE_INFINITY;
  private timer: TimerHandle | undefined;
  private closed = false;

  constructor(stream: ScreenStream, clock: Clock, exit: ScreenExit, options: { colour: boolean }) {
    this.stream = stream;
    this.clock = clock;
    this.exit = exit;
    this.colour = options.colour;
    stream.write(HIDE_CURSOR);
    stream.on('resize', this.redraw);
    exit.once('exit', this.close);
  }

  update(state: LiveState): void {
    if (this.closed) return;
    this.state = state;
    if (this.timer !== undefined) return;
    const waitMs = this.drawnAtMs + FRAME_EVERY_MS - this.clock.monotonicMs();
    if (waitMs <= 0) this.redraw();
    else this.timer = this.clock.setTimer(waitMs, this.redraw);
  }

  /** Draws what is newest a last time, and gives the cursor back below it. Again: nothing. */
  readonly close = (): void => {
    if (this.closed) return;
    if (this.timer !== undefined) this.redraw();
    this.closed = true;
    this.stream.off('resize', this.redraw);
    this.exit.off('exit', this.close);
    this.stream.write(SHOW_CURSOR);
  };

  private readonly redraw = (): void => {
    if (this.timer !== undefined) this.clock.clearTimer(this.timer);
    this.timer = undefined;
    if (this.state === undefined || this.closed) return;
    const columns = this.stream.columns ?? COLUMNS_DEFAULT;
    // A terminal that became narrower has wrapped the lines that are there.
    const rows = this.drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    // One column stays free: a full line would wrap on some terminals.
    const lines = renderLiveView(this.state, { columns: columns - 1, colour: this.colour });
    const up = rows > 0 ? `\u001b[${rows}A\r` : '';
    this.stream.write(up + lines.map((line) => `${line}${CLEAR_LINE}\n`).join('') + CLEAR_BELOW);
    this.drawn = lines;
    this.drawnAtMs = this.clock.monotonicMs();
  };
}
