import { progressBar, sparkline } from './bars.ts';
import type { LivePercentiles, LiveState } from './live-state.ts';
import { clockText, numberText, timeText } from './number-text.ts';
import { cut, padded, type Style, styleOf, widthOf, wrapped } from './style.ts';

export interface RenderOptions {
  columns: number;
  colour: boolean;
}

const LABEL_COLUMNS = 14;
const VALUE_COLUMNS = 9;
const MOST_COLUMNS = 120;

/**
 * One frame of the live view: lines without a newline, none wider than `columns`. What is wrong is said in
 * words (`> 200 ms!`, `missing`, `INVALID`), so that it reads the same without colour.
 */
export function renderLiveView(state: LiveState, options: RenderOptions): string[] {
  const columns = Math.min(options.columns, MOST_COLUMNS);
  const style = styleOf(options.colour);
  const rule = style.faint('─'.repeat(columns));
  const lines = [
    title(state, columns, style),
    rule,
    phase(state, columns, style),
    '',
    ...population(state, columns, style),
    '',
    ...latency(state, columns, style),
    '',
    row(style, 'Pipeline', [
      `${style.strong(numberText(state.windows.complete))} windows closed`,
      state.windows.partial > 0 ? `${numberText(state.windows.partial)} cut short` : '',
      `${style.strong(numberText(state.alerts))} alert${state.alerts === 1 ? '' : 's'}`,
    ]),
    ...generator(state, columns, style),
    rule,
  ];
  return lines.map((line) => cut(line, columns));
}

function row(style: Style, label: string, parts: readonly string[]): string {
  return style.faint(padded(label, LABEL_COLUMNS)) + parts.filter((part) => part !== '').join('   ');
}

function title(state: LiveState, columns: number, style: Style): string {
  const left = `${style.strong(style.accent('GAITWAY'))}  ${style.strong(state.scenario)} · ${numberText(state.patients)} synthetic patients · seed ${state.seed}`;
  const right = `${clockText(state.elapsedMs)} / ${clockText(Math.max(state.runMs, state.elapsedMs))}`;
  return `${padded(left, columns - widthOf(right))}${right}`;
}

function phase(state: LiveState, columns: number, style: Style): string {
  const share = state.phaseMs > 0 ? state.phaseElapsedMs / state.phaseMs : 1;
  const leftMs = Math.max(0, state.phaseMs - state.phaseElapsedMs);
  const left = state.phase === 'drain' ? `at most ${clockText(leftMs)} left` : `${clockText(leftMs)} left`;
  const bar = progressBar(share, Math.max(10, columns - LABEL_COLUMNS - 24));
  return `${style.strong(padded(state.phase, LABEL_COLUMNS))}${style.accent(bar)}  ${left}`;
}

function population(state: LiveState, columns: number, style: Style): string[] {
  const { devices, viewers, readingsPerSecond, waiting } = state;
  const of = (part: { connected: number; planned: number }, noun: string): string => {
    const text = `${style.strong(numberText(part.connected))} of ${numberText(part.planned)} ${noun}`;
    const missing = part.planned - part.connected;
    return missing > 0 && state.phase !== 'connect'
      ? `${text} ${style.doubtful(`(${numberText(missing)} missing)`)}`
      : text;
  };
  const rate = `${style.strong(numberText(readingsPerSecond.now))}/s of ${numberText(readingsPerSecond.planned)}/s`;
  return [
    row(style, 'Connected', [of(devices, 'devices'), of(viewers, 'viewers')]),
    row(style, 'Readings', [
      padded(rate, 22),
      style.accent(sparkline(readingsPerSecond.history, columns - LABEL_COLUMNS - 27)),
    ]),
    row(style, '', [
      `${numberText(waiting.unacknowledged)} wait for their acknowledgement`,
      waiting.rejected > 0 ? style.doubtful(`${numberText(waiting.rejected)} refused`) : '0 refused',
      `${numberText(waiting.retransmitted)} sent again`,
    ]),
  ];
}

function latency(state: LiveState, columns: number, style: Style): string[] {
  const { ack, limits, freshness } = state;
  const header = ['', 'p50', 'p95', 'p99', 'samples'].map((name, at) =>
    at === 0 ? padded(name, LABEL_COLUMNS) : name.padStart(VALUE_COLUMNS),
  );
  return [
    style.faint(header.join('')),
    percentiles(style, 'Acknowledged', ack, limits.ackP95Ms, limits.ackP99Ms),
    percentiles(style, 'Reading seen', freshness.reading, limits.readingP95Ms, null),
    percentiles(style, 'Window seen', freshness.window, limits.windowP95Ms, null),
    row(style, 'p95 by second', [style.accent(sparkline(ack.p95History, columns - LABEL_COLUMNS - 2))]),
  ];
}

function percentiles(
  style: Style,
  label: string,
  of: LivePercentiles,
  p95LimitMs: number | null,
  p99LimitMs: number | null,
): string {
  const cell = (valueMs: number | null, limitMs: number | null): string => {
    const text = timeText(valueMs).padStart(VALUE_COLUMNS);
    if (valueMs === null || limitMs === null) return text;
    return valueMs < limitMs ? style.good(text) : style.bad(text);
  };
  const values = cell(of.p50Ms, null) + cell(of.p95Ms, p95LimitMs) + cell(of.p99Ms, p99LimitMs);
  const checks = [
    ['p95', of.p95Ms, p95LimitMs],
    ['p99', of.p99Ms, p99LimitMs],
  ] as const;
  const said = checks
    .filter(([, , limitMs]) => limitMs !== null)
    .map(([name, valueMs, limitMs]) => {
      if (valueMs === null) return `${name} < ${limitText(limitMs)}`;
      const holds = valueMs < (limitMs ?? 0);
      return holds
        ? style.good(`${name} < ${limitText(limitMs)}`)
        : style.bad(`${name} > ${limitText(limitMs)}!`);
    });
  return `${style.faint(padded(label, LABEL_COLUMNS))}${values}${numberText(of.samples).padStart(VALUE_COLUMNS)}  ${said.join(' ')}`;
}

function limitText(limitMs: number | null): string {
  if (limitMs === null) return '';
  return limitMs >= 1000 ? `${limitMs / 1000} s` : `${limitMs} ms`;
}

function generator({ generator: health }: LiveState, columns: number, style: Style): string[] {
  const sound = health.reasons.length === 0;
  const lines = [
    row(style, 'Generator', [
      sound ? style.good('keeps up') : style.bad('INVALID'),
      `send lag p99 ${timeText(health.sendLagP99Ms)}`,
      `event loop ${timeText(health.eventLoopDelayMsMax)}`,
      `${numberText(health.notSentOnTime)} late`,
    ]),
  ];
  const [first, ...more] = health.reasons;
  if (first === undefined) return lines;
  const text = first + (more.length > 0 ? ` (and ${more.length} more)` : '');
  return [...lines, ...wrapped(text, columns - LABEL_COLUMNS).map((part) => row(style, '', [part]))];
}
