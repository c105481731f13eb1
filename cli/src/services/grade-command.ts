// Loaded when something is graded and not before: help, completion and wrong flags must not wait for models and stores.

export { renderGradesTable } from '@gaitway/dashboards';
export { realClock } from '@gaitway/reference-server';
export { renderOptionsOf } from '../terminal.ts';
export { gradeRecordings } from './grade-recordings.ts';
export { gradeRun } from './grade-run.ts';
export { Progress } from './progress.ts';
export { recordingGradesText } from './recording-grades-text.ts';
