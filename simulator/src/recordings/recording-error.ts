export type RecordingErrorCode =
  | 'recording_missing'
  | 'recording_empty'
  | 'recording_header'
  | 'recording_value'
  | 'recording_time'
  | 'recording_rate'
  | 'recording_units'
  | 'recording_format'
  | 'labels_mismatch';

/** A recording that cannot be used: what is wrong, in which file, line and field, and what to do. */
export class RecordingError extends Error {
  readonly code: RecordingErrorCode;
  /** What to do. */
  readonly hint: string;

  constructor(
    code: RecordingErrorCode,
    where: { file: string; line?: number; field?: string },
    says: string,
    hint: string,
  ) {
    const line = where.line === undefined ? '' : `, line ${where.line}`;
    const field = where.field === undefined ? '' : `, field ${where.field}`;
    super(`${where.file}${line}${field}: ${says}`);
    this.name = 'RecordingError';
    this.code = code;
    this.hint = hint;
  }
}
