/** What may stand in each place of a wording, the usual one first. */
export type Slots = Readonly<Record<string, readonly string[]>>;

/** A place, a choice, or text that stands as it is. */
const PART = /\{(\w+)\}|\[([^[\]]*)\]|[^{}[\]]+/g;

/**
 * Every sentence that a wording allows: `{name}` is one of the texts of that place, `[a|b|]` one of its parts, and the
 * first letter is a capital. What stands in a place is never read as a wording. The first sentence has the first of
 * everything. Throws on a place that has no texts: that is a fault of the table.
 */
export function expandWording(wording: string, slots: Slots): string[] {
  let sentences = [''];
  for (const [literal, slot, choice] of wording.matchAll(PART)) {
    const texts = slot !== undefined ? slots[slot] : (choice?.split('|') ?? [literal]);
    if (texts === undefined) throw new Error(`the wording "${wording}" has no texts for {${slot}}`);
    sentences = sentences.flatMap((begun) => texts.map((text) => begun + text));
  }
  return sentences.map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1));
}
