import type { LiveState } from './live-state.ts';
import { clockText, numberText, timeText } from './number-text.ts';

/** The same as the live view in one plain line, for a log or a terminal that cannot be redrawn. */
export function renderProgressLine(state: LiveState): string {
  const { ack, freshness, devices, readingsPerSecond, windows, alerts, generator } = state;
  const health =
    generator.reasons.length === 0 ? 'generator keeps up' : `generator INVALID: ${generator.reasons[0]}`;
  return [
    `${clockText(state.elapsedMs)} ${state.phase}`,
    `${numberText(devices.connected)}/${numberText(devices.planned)} devices`,
    `${numberText(readingsPerSecond.now)} readings/s`,
    `ack p50 ${timeText(ack.p50Ms)} p95 ${timeText(ack.p95Ms)} p99 ${timeText(ack.p99Ms)}`,
    `seen p95 ${timeText(freshness.reading.p95Ms)}, windows ${timeText(freshness.window.p95Ms)}`,
    `${numberText(windows.complete)} windows`,
    `${numberText(alerts)} alerts`,
    health,
  ].join(' | ');
}
