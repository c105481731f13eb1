import { RUN_RECORD_SCHEMA, RUN_RECORD_VERSION } from '@gaitway/contract';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** What is wrong with a run record, where (a JSON pointer; empty: the whole), and what to do. */
export interface RunRecordProblem {
  path: string;
  says: string;
  hint: string;
}

let validator: ValidateFunction | undefined;
/** Compiled when a first record is read: it takes a tenth of a second, and most commands read none. */
const recordValidator = (): ValidateFunction => {
  validator ??= new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(RUN_RECORD_SCHEMA);
  return validator;
};

/** Every problem of a run record; none: it may be read as `RunRecord`. Changes nothing. */
export function validateRunRecord(record: unknown): RunRecordProblem[] {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return [
      { path: '', says: 'this is not a run record', hint: 'give the JSON file that gaitway run wrote' },
    ];
  }
  const version = (record as { runRecordVersion?: unknown }).runRecordVersion;
  if (version !== undefined && version !== RUN_RECORD_VERSION) {
    const says = `the record has version ${JSON.stringify(version)}; this Gaitway reads version ${RUN_RECORD_VERSION}`;
    return [
      { path: '/runRecordVersion', says, hint: 'read it with the Gaitway that wrote it (gaitway.version)' },
    ];
  }
  const validate = recordValidator();
  if (validate(record)) return [];
  // An anyOf reports each of its branches and itself; the branches say it better.
  return (validate.errors ?? []).filter(({ keyword }) => keyword !== 'anyOf').map(problem);
}

function problem({ instancePath, keyword, message = 'is wrong', params }: ErrorObject): RunRecordProblem {
  const hint = 'was the file changed by hand, or cut short? See docs/run-record.schema.json';
  if (keyword === 'additionalProperties') {
    const path = `${instancePath}/${String(params.additionalProperty)}`;
    return { path, says: 'no such key is known', hint };
  }
  if (keyword === 'required') {
    return { path: `${instancePath}/${String(params.missingProperty)}`, says: 'the key is missing', hint };
  }
  const allowed = keyword === 'enum' ? `: ${(params.allowedValues as unknown[]).join(', ')}` : '';
  return { path: instancePath, says: `${message}${allowed}`, hint };
}
