import { type DeviceCommand, type FrameAnswer, REJECT_REASONS, type RejectReason } from '@gaitway/contract';

type Fields = Record<string, unknown>;

/** The answer that a server gave, or `undefined` where it is none of the contract's two shapes. */
export function parseFrameAnswer(value: unknown): FrameAnswer | undefined {
  if (!isFields(value)) return undefined;
  if (isCount(value.boot) && isCount(value.seq)) return { boot: value.boot, seq: value.seq };
  if (typeof value.reject !== 'string' || !Object.hasOwn(REJECT_REASONS, value.reject)) return undefined;
  const reject = value.reject as RejectReason;
  if (value.retryAfterMs === undefined) return { reject };
  return isDuration(value.retryAfterMs) ? { reject, retryAfterMs: value.retryAfterMs } : undefined;
}

/** The command that a server sent, or `undefined` for one this device does not know: a newer server may send more. */
export function parseDeviceCommand(value: unknown): DeviceCommand | undefined {
  if (!isFields(value)) return undefined;
  switch (value.command) {
    case 'time_sync':
      return isDuration(value.epochMs) ? { command: 'time_sync', epochMs: value.epochMs } : undefined;
    case 'rate':
      return isDuration(value.slotMs) && value.slotMs > 0
        ? { command: 'rate', slotMs: value.slotMs }
        : undefined;
    case 'mode':
      return value.mode === 'features' || value.mode === 'raw'
        ? { command: 'mode', mode: value.mode }
        : undefined;
    case 'identify':
      return { command: 'identify' };
    case 'update_offer':
      return isCount(value.firmware) && typeof value.hash === 'string'
        ? { command: 'update_offer', firmware: value.firmware, hash: value.hash }
        : undefined;
    case 'reconnect':
      return isDuration(value.afterMs) ? { command: 'reconnect', afterMs: value.afterMs } : undefined;
    default:
      return undefined;
  }
}

/** What a refusal says: code and text of a server that sets `data.code`, else its message for both. */
export function refusalOf(message: unknown, data: unknown): { code: string; says: string } {
  const text = typeof message === 'string' ? message : 'the server gave no reason';
  const code = isFields(data) && typeof data.code === 'string' ? data.code : text;
  const says = isFields(data) && typeof data.says === 'string' ? data.says : text;
  return { code, says };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
