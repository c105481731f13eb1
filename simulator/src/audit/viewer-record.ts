import type { AlertSight } from './alert-sights.ts';
import type { AssessmentSight } from './assessment-sights.ts';
import type { SeenState } from './newest-seen.ts';

export const VIEWER_UPDATE_KINDS = ['reading', 'window', 'assessment', 'alert', 'insight'] as const;
export type ViewerUpdateKind = (typeof VIEWER_UPDATE_KINDS)[number];

/** What a viewer's token allows. */
export interface ViewerRights {
  viewer: string;
  patients: readonly string[];
  wards: readonly string[];
}

export interface ForbiddenSight {
  viewer: string;
  kind: ViewerUpdateKind;
  patient: string;
  startMs: number;
  seenAtMs: number;
}

/** The whole as JSON: from a viewers' process to the coordinator, and into the folder of a run. */
export interface ViewerObservationsRecord {
  viewers: {
    viewer: string;
    patients: readonly string[];
    wards: readonly string[];
    seen: [string, SeenState][];
  }[];
  forbidden: number;
  forbiddenExamples: ForbiddenSight[];
  alerts: AlertSight[];
  assessments: AssessmentSight[];
}
