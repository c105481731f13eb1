/** An alert, and when the first viewer got it; `null`: nobody who was watching did. Moments in ms since the epoch. */
export interface SeenAlert {
  rule: string;
  atMs: number;
  seenAtMs: number | null;
}

/** What a rule's alerts are about; the moment of an alert is the start of a window or slot, or that of a fall. */
export const RULE_SUBJECTS: Readonly<Record<string, string>> = {
  'sustained-tremor': 'tremor',
  freezing: 'freezing',
  fall: 'fall',
};

/** Rules that look at one slot, and not at a window. */
export const SLOT_RULES: ReadonlySet<string> = new Set(['freezing']);

/** An alert of a fall names the moment of its peak: so far from the fall it still means it, ms. */
export const FALL_SLACK_MS = 5000;
