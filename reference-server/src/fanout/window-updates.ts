import type { AssessmentUpdate, WindowDocument, WindowUpdate } from '@gaitway/contract';

/** A window as viewers get it. */
export function windowUpdate(document: WindowDocument): WindowUpdate {
  const { identities, digest, epoch, assessment, slots, drivers, ...window } = document;
  return window;
}

/** What the models say of a window, as viewers get it. */
export function assessmentUpdate(document: WindowDocument): AssessmentUpdate {
  const { patient, startMs, revision, assessment, slots } = document;
  return { patient, startMs, revision, assessment, slots };
}
