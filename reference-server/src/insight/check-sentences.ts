import type { InsightItem, InsightSentence, SentenceFault } from '@gaitway/contract';
import { evaluatePredicate, UNFIT } from './evaluate-predicate.ts';
import type { InsightMaterial } from './material.ts';
import { readSentence } from './sentence-form.ts';
import { unsupportedNumbers } from './supported-numbers.ts';
import { isAllowed, keepsToTopic, repeatsNote } from './text-rules.ts';

/** Sentences of one insight. */
export const SENTENCES_MAX = 32;

export interface CheckedSentences {
  kept: InsightSentence[];
  /** What the kept sentences cite, each once, in the order of the first citation. */
  cited: InsightItem[];
  /** The reason of each sentence that was removed. */
  removed: SentenceFault[];
}

/**
 * Why a sentence cannot stay, or the sentence as it is kept. Nothing that the writer says of its sources is
 * believed: ids must have been retrieved, the predicate is computed again from what they name, and every number
 * in the text must come from it.
 */
export function checkSentence(offered: unknown, material: InsightMaterial): InsightSentence | SentenceFault {
  const sentence = readSentence(offered);
  if (sentence === undefined) return 'bad_form';
  const { text, supports, predicate } = sentence;
  if (supports.length === 0) return 'nothing_cited';
  const cited = supports.map((id) => material.items.get(id));
  if (!cited.every((item) => item !== undefined)) return 'unknown_citation';
  if (!isAllowed(text, predicate)) return 'not_allowed';
  if (repeatsNote(text, material.facts.notes)) return 'note_repeated';
  const evaluated = evaluatePredicate(predicate, cited, material);
  if (evaluated === UNFIT) return UNFIT;
  if (!evaluated.holds) return 'predicate_false';
  if (unsupportedNumbers(text, predicate, evaluated, cited).length > 0) return 'number_unsupported';
  if (!keepsToTopic(text, predicate, evaluated, cited)) return 'topic_unsupported';
  return sentence;
}

/** Checks what a writer offered; whoever wrote it, the same checks. */
export function checkSentences(offered: readonly unknown[], material: InsightMaterial): CheckedSentences {
  const kept: InsightSentence[] = [];
  const removed: SentenceFault[] = [];
  for (const one of offered) {
    const checked = kept.length === SENTENCES_MAX ? 'too_many' : checkSentence(one, material);
    if (typeof checked === 'string') removed.push(checked);
    else kept.push(checked);
  }
  const ids = new Set(kept.flatMap(({ supports }) => supports));
  return { kept, removed, cited: [...ids].map((id) => material.items.get(id)!) };
}
