import type { RunAudit, RunRecord } from '@gaitway/contract';

/** What every finding about a viewer begins with, whatever its category. */
const OF_VIEWER = /^Viewer /;

/**
 * A later audit with what viewers saw, which the run alone knows: its findings are carried over, and so is what was
 * left open. Where the record does not say what they saw, that is left open as well.
 */
export function withWhatViewersSaw(
  found: RunAudit,
  { audit: recorded, viewers }: Pick<RunRecord, 'audit' | 'viewers'>,
): RunAudit {
  const { staleAtViewer, seenByForbiddenViewer, atViewers } = recorded;
  const phantom = atViewers?.phantom ?? 0;
  const unknown = viewers > 0 && atViewers === undefined;
  const reasons = [
    ...found.reasons,
    ...(atViewers?.reasons ?? []),
    ...(unknown ? ['the record does not say what viewers saw: the run did not come to its audit'] : []),
  ];
  const fails = found.verdict === 'fails' || staleAtViewer + seenByForbiddenViewer + phantom > 0;
  return {
    ...found,
    staleAtViewer,
    seenByForbiddenViewer,
    phantom: found.phantom + phantom,
    verdict: fails ? 'fails' : reasons.length > 0 ? 'no-verdict' : 'holds',
    reasons,
    ...(atViewers === undefined ? {} : { atViewers }),
    compared: { ...found.compared, watched: recorded.compared.watched },
    examples: [...found.examples, ...recorded.examples.filter(({ says }) => OF_VIEWER.test(says))],
  };
}
