import { AUDIT_CATEGORIES, AUDIT_FAULTS, type RunAudit } from '@gaitway/contract';
import type { RenderOptions } from './live-view.ts';
import { numberText } from './number-text.ts';
import { plainTable } from './plain-table.ts';
import { fitted, harmless, styleOf } from './style.ts';
import { shownVerdict } from './verdict-table.ts';

const MEANING: Readonly<Record<(typeof AUDIT_CATEGORIES)[number], [name: string, says: string]>> = {
  lost: ['lost', 'acknowledged, and in no document'],
  duplicated: ['duplicated', 'counted more than once'],
  phantom: ['phantom', 'stored, and never sent'],
  misattributed: ['misattributed', "one patient's reading under another"],
  wrongContent: ['wrong content', 'a document that says something else than was sent'],
  staleAtViewer: ['stale at viewer', 'a viewer was left with old values'],
  seenByForbiddenViewer: ['seen unlawfully', 'a viewer got what they may not see'],
  late: ['late', 'came after its window closed and amended it; harmless'],
  droppedByDevice: ['dropped by device', 'given up before it was acknowledged; not the server'],
  unacknowledgedButStored: ['unacknowledged', 'stored, and only the acknowledgement was lost; allowed'],
};

/** What the audit found, what each category means, how much was compared, and the first examples. */
export function renderAuditTable(audit: RunAudit, options: RenderOptions): string {
  const style = styleOf(options.colour);
  const faults: readonly string[] = AUDIT_FAULTS;
  const ordered = [...AUDIT_FAULTS, ...AUDIT_CATEGORIES.filter((category) => !faults.includes(category))];
  const rows = ordered.map((category) => {
    const [name, says] = MEANING[category];
    const count = numberText(audit[category]);
    const red = faults.includes(category) && audit[category] > 0;
    return [red ? style.bad(name) : name, red ? style.bad(`${count} !`) : count, says];
  });
  const { readings, stored, windows, recomputed, watched } = audit.compared;
  const lines = [
    `${shownVerdict(audit.verdict, style)}  audit of the ledger against the archive`,
    `Compared ${numberText(readings)} readings (${numberText(stored)} stored) in ${numberText(windows.complete)} complete and ${numberText(windows.partial)} partial windows; recomputed ${numberText(recomputed)}; ${numberText(watched)} watched pairs.`,
    plainTable(['Found', 'Count', 'Meaning'], rows, { columns: options.columns }, style),
    ...(audit.foreign > 0
      ? [`${numberText(audit.foreign)} readings of other runs lie in the same store; they are not judged.`]
      : []),
    ...audit.reasons.map((reason) => `- missing: ${harmless(reason)}`),
    ...audit.examples.map(({ says }) => `- ${harmless(says)}`),
  ];
  return fitted(lines.join('\n'), options.columns);
}
