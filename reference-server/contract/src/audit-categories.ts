/**
 * What can differ between what the devices know and what the archive holds. Counted in readings (raw
 * mode: frames), except `wrongContent` (documents), `staleAtViewer` (viewer and patient pairs) and
 * `seenByForbiddenViewer` (updates).
 *
 * - lost: acknowledged, and in no document.
 * - duplicated: counted more than once: in two documents, twice in one, in a window that has two
 *   documents, or a document says that it folded more readings than it names.
 * - phantom: stored, and never made or never sent; a document that holds no reading; or shown to a viewer (one
 *   per viewer and patient), and newer than anything that was sent or stored.
 * - misattributed: of one patient's device, stored under another patient. It is not also lost: the
 *   reading is there, and the harm to name is where.
 * - wrongContent: a document that names the right readings but whose digest, aggregates, scores, end or ward
 *   are not theirs;
 *   or that holds a reading of another window of the same patient (again not also lost, not a phantom).
 * - late: came after its window had closed and amended it. Harmless.
 * - droppedByDevice: given up by the device (ring full, reboot). The plan's matter, not the server's fault.
 * - unacknowledgedButStored: sent, never acknowledged, stored all the same. Allowed: only the
 *   acknowledgement was lost.
 * - staleAtViewer: a viewer who watched a patient to the end and was left with old values.
 * - seenByForbiddenViewer: a viewer got an update of a patient whom the token does not allow.
 */
export const AUDIT_CATEGORIES = [
  'lost',
  'duplicated',
  'phantom',
  'misattributed',
  'wrongContent',
  'late',
  'droppedByDevice',
  'unacknowledgedButStored',
  'staleAtViewer',
  'seenByForbiddenViewer',
] as const;
export type AuditCategory = (typeof AUDIT_CATEGORIES)[number];

/** Of these, the ones that break a promise: one is enough to fail, and `audit` without a tag counts their sum. */
export const AUDIT_FAULTS = [
  'lost',
  'duplicated',
  'phantom',
  'misattributed',
  'wrongContent',
  'staleAtViewer',
  'seenByForbiddenViewer',
] as const satisfies readonly AuditCategory[];
