/** A stretch of time, ms; it ends where another may begin. */
export interface Stretch {
  startMs: number;
  endMs: number;
}

/** How events were found: freezes, falls, bouts. */
export interface EventCounts {
  /** Events of the truth. */
  events: number;
  /** Of these, met by an answer. */
  found: number;
  /** Stretches of positive answers that meet no event. */
  falseAlarms: number;
  /** From the onset of each event that was found to the moment at which the first answer that meets it was there. */
  delaysMs: number[];
}

/** A positive answer: what it is about, and when it was there. */
export interface Answer extends Stretch {
  knownAtMs: number;
}

/** Answers that are no further apart than this are one alarm. */
const SAME_ALARM_MS = 1;

/** Positive answers, in order, as one alarm each where they join. */
function alarmsOf(answers: readonly Answer[]): Stretch[] {
  const alarms: Stretch[] = [];
  for (const { startMs, endMs } of answers) {
    const last = alarms.at(-1);
    if (last !== undefined && startMs <= last.endMs + SAME_ALARM_MS) last.endMs = Math.max(last.endMs, endMs);
    else alarms.push({ startMs, endMs });
  }
  return alarms;
}

const meets = (one: Stretch, other: Stretch, slackMs = 0): boolean =>
  one.startMs < other.endMs + slackMs && other.startMs < one.endMs + slackMs;

/**
 * Holds positive answers against the events of the truth; both in order of their start. An event is found when an
 * answer meets it, an alarm is false when it meets none. `slackMs`: so far from an event an answer still counts
 * as meeting it (a fall is an instant; the answer names the moment of its peak).
 */
export function gradeEvents(
  events: readonly Stretch[],
  answers: readonly Answer[],
  slackMs = 0,
): EventCounts {
  const delaysMs: number[] = [];
  for (const event of events) {
    const hits = answers.filter((answer) => meets(answer, event, slackMs));
    if (hits.length === 0) continue;
    delaysMs.push(Math.min(...hits.map(({ knownAtMs }) => knownAtMs)) - event.startMs);
  }
  const alarms = alarmsOf(answers);
  const falseAlarms = alarms.filter((alarm) => !events.some((event) => meets(alarm, event, slackMs)));
  return { events: events.length, found: delaysMs.length, falseAlarms: falseAlarms.length, delaysMs };
}

/** Joins equal neighbours of a row of slots: the stretches in which it is true. */
export function stretchesOf(slots: readonly boolean[], startOf: (slot: number) => number): Stretch[] {
  const found: Stretch[] = [];
  let from = -1;
  for (let slot = 0; slot <= slots.length; slot++) {
    if (slots[slot] === true) {
      if (from < 0) from = slot;
    } else if (from >= 0) {
      found.push({ startMs: startOf(from), endMs: startOf(slot) });
      from = -1;
    }
  }
  return found;
}
