import { AUDIT_CATEGORIES, AUDIT_FAULTS, type AuditCategory } from '@gaitway/contract';
import type { AuditResult } from '../audit-result.ts';

/** The categories that are not zero. */
export function counts(result: AuditResult): Partial<Record<AuditCategory, number>> {
  return Object.fromEntries(
    AUDIT_CATEGORIES.filter((category) => result[category] > 0).map((category) => [
      category,
      result[category],
    ]),
  );
}

/** The categories that are not zero and make the audit fail. */
export function failing(result: AuditResult): AuditCategory[] {
  return AUDIT_FAULTS.filter((category) => result[category] > 0);
}
