import type { Alert, AlertState } from '@gaitway/contract';

/**
 * Acknowledged was a state once, which took the place of the one before. What it was is in the words of the alert: those
 * with which falls were settled, and with which nothing else was.
 */
export const OLD_STATE = 'acknowledged';
export const OLD_WORDS: Readonly<Record<Exclude<AlertState, 'raised'>, RegExp>> = {
  confirmed: /; (lay still for [0-9.]+ s afterwards|nothing speaks against it)$/,
  withdrawn: /; moved on for [0-9.]+ s afterwards$/,
};

/** A stored alert, also one of the old form, as what it was. */
export function fromStored(stored: Alert): Alert {
  if ((stored.state as string) !== OLD_STATE) return stored;
  const { says } = stored;
  if (OLD_WORDS.confirmed.test(says)) return { ...stored, state: 'confirmed' };
  return { ...stored, state: OLD_WORDS.withdrawn.test(says) ? 'withdrawn' : 'raised' };
}
