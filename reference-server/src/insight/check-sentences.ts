import type { InsightItem, InsightSentence, SentenceFault } from '@gaitway/contract';
import { evaluatePredicate } from './evaluate-predicate.ts';
import type { InsightMaterial } from './material.ts';
import { readSentence } from './sentence-form.ts';
import { sentenceTexts } from './sentence-texts.ts';

/** Sentences of one insight. */
export const SENTENCES_MAX = 32;

export interface CheckedSentences {
  kept: InsightSentence[];
  /** What the kept sentences cite, each once, in the order of the first citation. */
  cited: InsightItem[];
  /** The reason of each sentence that was removed. */
  removed: SentenceFault[];
}

/** Writers may differ in these: what is kept is our text, and not theirs. */
const plain = (text: string) => text.trim().replace(/\s+/g, ' ').toLowerCase();
const numbersIn = (text: string) => text.match(/\p{N}+(?:[.,]\p{N}+)*/gu) ?? [];

/**
 * Why a sentence cannot stay, or the sentence as it is kept. Nothing that the writer says is believed: ids must have
 * been retrieved, the predicate is computed again from what they name, and the text must be one of those that the
 * predicate has. What is kept is that text and not the writer's, so no word of a writer is ever shown.
 */
export function checkSentence(offered: unknown, material: InsightMaterial): InsightSentence | SentenceFault {
  const sentence = readSentence(offered);
  if (sentence === undefined) return 'bad_form';
  const { text, supports, predicate } = sentence;
  if (supports.length === 0) return 'nothing_cited';
  const cited = supports.map((id) => material.items.get(id));
  if (!cited.every((item) => item !== undefined)) return 'unknown_citation';
  const evaluated = evaluatePredicate(predicate, cited, material);
  if (typeof evaluated === 'string') return evaluated;
  if (!evaluated.holds) return 'predicate_false';
  const allowed = sentenceTexts(predicate, evaluated, cited, material);
  const said = plain(text);
  const meant = allowed.find((one) => plain(one) === said);
  if (meant !== undefined) return { ...sentence, text: meant };
  const numbers = new Set(allowed.flatMap(numbersIn));
  return numbersIn(text).every((number) => numbers.has(number)) ? 'wording_unknown' : 'number_unsupported';
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
