import { createHash } from 'node:crypto';
import type { MedicationEntry } from '@gaitway/contract';
import type { FastifyInstance } from 'fastify';
import { authorOf, claimsOf, patientInReach, READERS, VIEWERS } from './access.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { type RangePageQuery, readRange } from './moment.ts';
import { Problem } from './problem-types.ts';
import { answers, json, list, name, nextCursor, object, rangePage, reference } from './schemas.ts';

type MedicationBody = Pick<MedicationEntry, 'takenAtMs' | 'medication' | 'doseMg' | 'note'>;

const DAY_MS = 24 * 3600_000;
export const MEDICATION_RANGE_MS_MAX = 400 * DAY_MS;
/** How far the clock of whoever enters it may be ahead. */
const FUTURE_MS_MAX = 5 * 60_000;
const DOSE_MG_MAX = 100_000;

/** The same dose at the same moment is one entry, however often it is sent: a retry doubles nothing. */
function idOf(patient: string, { takenAtMs, medication, doseMg }: MedicationBody): string {
  const identity = JSON.stringify([patient, takenAtMs, medication, doseMg]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 24);
}

export function medication(api: FastifyInstance, { archive, clock }: ApiDeps): void {
  const url = '/v1/patients/:patient/medication';

  api.get<{ Params: { patient: string }; Querystring: RangePageQuery }>(url, {
    config: { access: READERS },
    schema: {
      operationId: 'listMedication',
      summary: 'What a patient took in [from, to), oldest first. Without both: the last day.',
      description: 'A cursor carries its range: `from` and `to` do not count beside it. At most 400 days.',
      tags: ['medication'],
      params: object({ patient: name }),
      querystring: rangePage,
      response: answers(
        { 200: json('One page.', object({ medication: list(reference('Medication')), nextCursor })) },
        [400, 401, 403, 404],
      ),
    },
    handler: async (request) => {
      const { query } = request;
      const { patient } = await patientInReach(archive, claimsOf(request), request.params.patient);
      const range = readRange(query, {
        toMs: clock.epochMs() + FUTURE_MS_MAX,
        defaultMs: DAY_MS + FUTURE_MS_MAX,
        mostMs: MEDICATION_RANGE_MS_MAX,
      });
      // Several entries can have one moment, so the cursor says how many of that moment were shown.
      const [fromMs, toMs, shown] =
        query.cursor === undefined
          ? [range.fromMs, range.toMs, 0]
          : readCursor(query.cursor, 'medication', ['number', 'number', 'number']);
      const found = await archive.medicationOf(patient, fromMs, toMs, shown + query.limit + 1);
      const page = found.slice(shown, shown + query.limit);
      const last = page.at(-1);
      if (last === undefined || found.length <= shown + page.length) {
        return { medication: page, nextCursor: null };
      }
      const upToLast = found.slice(0, shown + page.length);
      const shownOfLast = upToLast.filter((entry) => entry.takenAtMs === last.takenAtMs).length;
      return { medication: page, nextCursor: writeCursor('medication', [last.takenAtMs, toMs, shownOfLast]) };
    },
  });

  api.post<{ Params: { patient: string }; Body: MedicationBody }>(url, {
    config: { access: VIEWERS },
    schema: {
      operationId: 'enterMedication',
      summary: 'Enters what a patient took. The same dose at the same moment is one entry.',
      tags: ['medication'],
      params: object({ patient: name }),
      body: object(
        {
          takenAtMs: { type: 'integer', minimum: 0 },
          medication: { type: 'string', minLength: 1, maxLength: 200 },
          doseMg: { type: 'number', exclusiveMinimum: 0, maximum: DOSE_MG_MAX },
          note: { type: 'string', maxLength: 2000 },
        },
        ['note'],
      ),
      response: answers({ 201: json('The entry.', reference('Medication')) }, [400, 401, 403, 404, 413, 415]),
    },
    handler: async (request, reply) => {
      const claims = claimsOf(request);
      const { patient } = await patientInReach(archive, claims, request.params.patient);
      const { body } = request;
      if (body.takenAtMs > clock.epochMs() + FUTURE_MS_MAX) {
        throw new Problem('bad_request', 'body.takenAtMs lies in the future.', [
          {
            at: 'body.takenAtMs',
            says: `${body.takenAtMs} is more than 5 minutes ahead of the server clock`,
          },
        ]);
      }
      const entry: MedicationEntry = {
        id: idOf(patient, body),
        patient,
        ...body,
        enteredBy: authorOf(claims),
      };
      await archive.saveMedication(entry);
      reply.code(201);
      return entry;
    },
  });
}
