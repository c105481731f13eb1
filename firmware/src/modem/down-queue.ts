import type { DownMessage } from '../link/down-message.ts';

/** The chip keeps 63 received bytes while it works, and the longest message has 12 on the line (`docs/firmware-link.md`). */
export const MESSAGES_IN_A_ROW_MAX = 4;
/** More than there are kinds of messages. Beyond it only acknowledgements of ever other boots can wait. */
const WAITING_MAX = 16;

/**
 * What the modem has to say to the chip, in order. Only the newest of a kind waits, so that it cannot grow while the
 * chip does not listen: two acknowledgements of one boot are the higher one, a link that went down and came back is up.
 */
export class DownQueue {
  private readonly waiting: DownMessage[] = [];

  get length(): number {
    return this.waiting.length;
  }

  put(message: DownMessage): void {
    const at = this.waiting.findIndex((other) => replaces(message, other));
    const before = at < 0 ? undefined : this.waiting.splice(at, 1)[0];
    this.waiting.push(before === undefined ? message : higher(message, before));
    if (this.waiting.length > WAITING_MAX) this.waiting.shift();
  }

  /** Takes out those that may go together. */
  take(): DownMessage[] {
    return this.waiting.splice(0, MESSAGES_IN_A_ROW_MAX);
  }

  /** What was to be said of a frame in flight means nothing any more. */
  dropRejects(): void {
    const at = this.waiting.findIndex(({ type }) => type === 'rejected');
    if (at >= 0) this.waiting.splice(at, 1);
  }
}

const isLink = ({ type }: DownMessage): boolean => type === 'linkUp' || type === 'linkDown';

function replaces(message: DownMessage, other: DownMessage): boolean {
  if (message.type === 'acknowledged' && other.type === 'acknowledged') return message.boot === other.boot;
  return message.type === other.type || (isLink(message) && isLink(other));
}

/** Acknowledgements may come in another order than they were given. */
function higher(message: DownMessage, before: DownMessage): DownMessage {
  if (message.type !== 'acknowledged' || before.type !== 'acknowledged') return message;
  return before.seq > message.seq ? before : message;
}
