import type { InsightItem, InsightPredicate } from '@gaitway/contract';
import type { Evaluation } from './evaluate-predicate.ts';
import type { UntrustedNote } from './facts.ts';

/** Addresses and markup lead out of the insight; what is said of treatment is for a clinician. */
const NOT_ALLOWED = [
  /https?:|www\.|\S@\S|[<>`{}[\]\\|]/i,
  /\p{Cc}|\p{Cf}|\p{Co}/u,
  /\b(diagnos\w*|prescri\w*|cures?|cured|overdose\w*|emergency|ambulance)\b/i,
  /\b(start|stop|skip|change|increase|reduce|double|halve|take|taking|give)\b[^.]*\b(medic\w*|drugs?|pills?|tablets?|doses?|levodopa)\b/i,
];
/** Only a sentence that counts entries of medication may speak of it. */
const OF_MEDICATION = /\b(medic\w*|drugs?|pills?|tablets?|doses?|dosage|mg|milligrams?|levodopa)\b/i;

export function isAllowed(text: string, predicate: InsightPredicate): boolean {
  const normal = text.normalize('NFKC');
  if (NOT_ALLOWED.some((pattern) => pattern.test(normal))) return false;
  return predicate.kind === 'medication' || !OF_MEDICATION.test(normal);
}

/** Words by which a text speaks of something that is assessed or alerted. */
const TOPICS: Readonly<Record<string, RegExp>> = {
  tremor: /\b(tremor\w*|shak(?:e|es|y|ing)|trembl\w*)\b/i,
  rigidityProxy: /\b(rigid\w*|stiff\w*|arm swing)\b/i,
  gait: /\b(gait|walk\w*|steps?|stride\w*)\b/i,
  freezing: /\b(freez\w*|froze\w*)\b/i,
  dyskinesia: /\bdyskine\w*/i,
  bradykinesia: /\b(bradykine\w*|slow(?:ness|ed)?)\b/i,
  fall: /\b(falls?|fell|fallen|falling)\b/i,
};
const UP = /\b(more|higher|greater|longer|increas\w*|rose|risen|rising|grew|grown|up)\b/i;
const DOWN = /\b(less|lower|fewer|shorter|smaller|decreas\w*|declin\w*|dropp\w*|reduc\w*|down)\b/i;
/** Whether a change is good is not in the numbers. */
const JUDGEMENT =
  /\b(better|worse|worsen\w*|improv\w*|deteriorat\w*|normal|abnormal|healthy|severe|danger\w*|safe)\b/i;
/** Bounds are said in these words, which claim no direction. */
const BOUNDS = /\b(or more|or fewer|or less|no more than)\b/gi;

/**
 * `true`: the text speaks of nothing that its predicate does not: not of another condition, not of a change where
 * none was computed or of one in the other direction, not of better and worse. What a cited exercise or alert says
 * may be said.
 */
export function keepsToTopic(
  text: string,
  predicate: InsightPredicate,
  { value }: Evaluation,
  cited: readonly InsightItem[],
): boolean {
  const quoted = cited.map(wordsOf).join(' ');
  const own =
    'condition' in predicate ? predicate.condition : predicate.kind === 'alerts' ? predicate.rule : '';
  const strange = Object.entries(TOPICS).some(
    ([topic, words]) => words.test(text) && topic !== own && !words.test(own) && !words.test(quoted),
  );
  if (strange) return false;
  const claims = text.replaceAll(BOUNDS, ' ');
  const isSaid = (pattern: RegExp) => pattern.test(claims) && !pattern.test(quoted);
  if (isSaid(JUDGEMENT)) return false;
  const change = predicate.kind === 'change' ? (value ?? 0) : 0;
  return !(isSaid(UP) && change <= 0) && !(isSaid(DOWN) && change >= 0);
}

function wordsOf(item: InsightItem): string {
  if (item.kind === 'exercise') return `${item.title} ${item.says}`;
  return item.kind === 'alert' ? `${item.rule} ${item.says}` : '';
}

/** So many words in a row of a note are no accident. */
const REPEATED_WORDS = 4;
const wordsIn = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

function runsOf(text: string, length: number): string[] {
  const words = wordsIn(text);
  return words
    .slice(0, Math.max(0, words.length - length + 1))
    .map((_, at) => words.slice(at, at + length).join(' '));
}

/**
 * `true`: the text has four words in a row of what somebody wrote beside a medication entry (all of it, if that is
 * shorter). Such text is no source: nothing of it is repeated, whatever is cited. One word alone is no note.
 */
export function repeatsNote(text: string, notes: readonly UntrustedNote[]): boolean {
  return notes.some(({ medication, note }) =>
    [medication, note].some((written) => {
      const length = Math.min(REPEATED_WORDS, wordsIn(written).length);
      if (length < 2) return false;
      const runs = new Set(runsOf(written, length));
      return runsOf(text, length).some((run) => runs.has(run));
    }),
  );
}
