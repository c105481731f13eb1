import type { SignalFeature } from '../infer/signal-features.ts';
import { spanTexts } from './cited-windows.ts';
import { statisticNow, type WindowItem } from './facts.ts';
import type { InsightMaterial } from './material.ts';
import { GRADED_WINDOWS_MIN } from './retrieve-exercises.ts';
import { PREDICATE_SCHEMA } from './sentence-form.ts';
import { SIGNS } from './strongest-sign.ts';
import { CONDITIONS_CALLED, notAssessedText, PLACES, WORDINGS } from './wordings.ts';

export interface ChatMessage {
  role: 'system' | 'user';
  content: string;
}

/** Windows one by one are shown where there are at most so many; beyond it statistics say it. */
const WINDOWS_SHOWN_MAX = 120;

const INSTRUCTIONS = `You write a short insight about a synthetic patient from the facts in the next message, which is JSON.
Answer with one JSON object: {"sentences": [{"text": string, "supports": [id], "predicate": object}]}.
You decide what is worth telling, in which order, and in which of the wordings: at most 20 sentences. A program computes each claim again and removes every sentence that does not hold or is worded otherwise:
- "supports" has ids of "items" only. "mean", "share", "windows" and "driver" cite one statistic, or windows one by one; "change" both statistics of a condition, with at least ${GRADED_WINDOWS_MIN} assessable windows each; "alerts" and "medication" all items of that rule or kind.
- "predicate" fits the JSON Schema under "predicateSchema". Ratios have two decimals. A bound (atLeast, atMost) that is always true is removed; "alerts" and "medication" take atLeast only for what "more" names, and equals else.
- "text" is one of the "wordings", with nothing added or left out: of [a|b] take one part, {place} is filled as "places" says. "windows" takes "found" for positive, "assessed" for assessable, and "notAssessed" where these are 0. The first letter is a capital.
- "driver" says in how many of the windows in which a condition was found one feature spoke for it most, as "drivers" of a statistic has it; a statistic without "drivers" has no such claim.
- Recommend two or three exercises, at least one of them a game if there is one, each with predicate "exercise", its item and the statistic "now" of one of its conditions.
- "gait" is the probability that the person walks, not how well. "rigidityProxy" is little arm swing in walking.`;

/**
 * What a model is told: the facts under ids, and the grammar of claims and texts. No name, id or ward of the patient is in
 * it, and nothing that people typed: all of it is of the server's own making.
 */
export function chatMessages(material: InsightMaterial, showWindows = true): ChatMessage[] {
  const { facts, items, grades } = material;
  const few = statisticNow(facts, 'tremor').windows <= WINDOWS_SHOWN_MAX;
  const shown = [...items.values()].flatMap((item): object[] => {
    if (item.kind === 'window') return showWindows && few ? [{ id: item.id, ...probabilitiesIn(item) }] : [];
    if (item.kind === 'alert') return [{ id: item.id, kind: item.kind, rule: item.rule, says: item.says }];
    if (item.kind === 'medication') return [{ id: item.id, kind: item.kind, takenAtMs: item.takenAtMs }];
    if (item.kind !== 'exercise') return [item];
    const { id, kind, title, says, game, notAssessed = [] } = item;
    const conditions = material.exercises.find(({ exercise }) => exercise.id === item.exercise)?.conditions;
    return [{ id, kind, title, says, game, notAssessed: notAssessedText(notAssessed), conditions }];
  });
  const content = JSON.stringify({
    items: shown,
    grades: Object.fromEntries(grades),
    more: [...facts.more],
    called: CONDITIONS_CALLED,
    span: spanTexts(facts.period.toMs - facts.period.fromMs),
    wordings: WORDINGS,
    places: PLACES,
    signs: signsIn(material),
    predicateSchema: PREDICATE_SCHEMA,
  });
  return [
    { role: 'system', content: INSTRUCTIONS },
    { role: 'user', content },
  ];
}

/** What the features are called that something is to be told of. */
function signsIn({ items }: InsightMaterial): Record<string, string> {
  const told = [...items.values()].flatMap((item) => (item.kind === 'statistic' ? (item.drivers ?? []) : []));
  return Object.fromEntries(told.map(({ feature }) => [feature, SIGNS[feature as SignalFeature]]));
}

/** By condition, to three decimals: as short as it goes, there may be many. */
function probabilitiesIn({ scores }: WindowItem): Record<string, number | null> {
  return Object.fromEntries(
    scores.map(({ condition, probability }) => [
      condition,
      probability === null ? null : Math.round(1000 * probability) / 1000,
    ]),
  );
}
