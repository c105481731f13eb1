import type { SlotScore, WindowDocument } from '@gaitway/contract';
import { assessWindow } from '@gaitway/reference-server';
import type { ServerParts } from '../simulated-server.ts';
import { standIn } from '../stand-in.ts';

/**
 * A server whose slots say something else than its models do, and whose assessments follow from those slots: readings,
 * digest and aggregates are right, and every document agrees with itself.
 */
export function answersOtherwise(change: (document: WindowDocument) => SlotScore[]): ServerParts {
  return {
    processorArchive: (archive) =>
      standIn(archive, {
        saveWindows: (windows) =>
          archive.saveWindows(
            windows.map((document) => {
              const slots = change(document);
              return { ...document, slots, assessment: assessWindow(slots, document.drivers) };
            }),
          ),
      }),
  };
}

/** The scores of a slot, each changed; what was not assessable stays so. */
export function withScores(slot: SlotScore, change: (score: number) => number | null): SlotScore {
  const { startMs, boot, seq, ...scores } = slot;
  const changed = Object.entries(scores).map(([condition, score]) => [
    condition,
    score === null ? null : change(score),
  ]);
  return { ...slot, ...(Object.fromEntries(changed) as typeof scores), startMs, boot, seq };
}
