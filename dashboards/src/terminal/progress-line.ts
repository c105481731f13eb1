import type { LiveState } from './live-state.ts';
import { clockText, numberText, timeText } from './number-text.ts';

/** The most important of the live view in one plain line, for a log or a terminal that cannot be redrawn. */
export function renderProgressLine(state: LiveState): string {
  const { ack, devices, readingsPerSecond, windows, alerts, generator } = state;
  const [reason] = generator.reasons;
  return [
    `${clockText(state.elapsedMs)} ${state.phase}`,
    `${numberText(devices.connected)}/${numberText(devices.planned)} devices`,
    `${numberText(readingsPerSecond.now)}/s`,
    `ack p95 ${timeText(ack.p95Ms)}`,
    `${numberText(windows.complete)} windows`,
    `${numberText(alerts)} alerts`,
    ...(reason === undefined ? [] : [`generator INVALID: ${reason}`]),
  ].join(' | ');
}
