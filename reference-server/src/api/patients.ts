import type { Claims, PatientProfile } from '@gaitway/contract';
import type { FastifyInstance } from 'fastify';
import type { Archive, Scope } from '../archive/archive.ts';
import { claimsOf, patientInReach, READERS, scopeOf } from './access.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { answers, cursor, json, limit, list, name, nextCursor, object, reference } from './schemas.ts';

interface PatientsQuery {
  ward?: string;
  cursor?: string;
  limit: number;
}

/**
 * Up to `count` patients within reach after `after`, of one ward where it is named. Patients whom a viewer
 * may see by name, in a ward that they may not see as a whole, are picked out here: there are only as many
 * as their token lists.
 */
async function patientsInReach(
  archive: Archive,
  claims: Claims,
  ward: string | undefined,
  after: string | null,
  count: number,
): Promise<PatientProfile[]> {
  const scope = scopeOf(claims);
  if (ward === undefined) return archive.patients(scope, after, count);
  if (scope.wards === undefined || scope.wards.includes(ward)) {
    const wholeWard: Scope = { patients: [], wards: [ward] };
    return archive.patients(wholeWard, after, count);
  }
  const found: PatientProfile[] = [];
  let from = after;
  for (;;) {
    const page = await archive.patients({ patients: scope.patients ?? [], wards: [] }, from, count);
    found.push(...page.filter((profile) => profile.ward === ward));
    if (page.length < count || found.length >= count) return found.slice(0, count);
    from = page.at(-1)!.patient;
  }
}

export function patients(api: FastifyInstance, { archive }: ApiDeps): void {
  api.get<{ Querystring: PatientsQuery }>('/v1/patients', {
    config: { access: READERS },
    schema: {
      operationId: 'listPatients',
      summary: 'The patients that this token may see, in the order of their ids.',
      tags: ['patients'],
      querystring: object({ ward: name, cursor, limit: limit(1000) }, ['ward', 'cursor', 'limit']),
      response: answers(
        { 200: json('One page.', object({ patients: list(reference('Patient')), nextCursor })) },
        [400, 401, 403],
      ),
    },
    handler: async (request) => {
      const { query } = request;
      const after = query.cursor === undefined ? null : readCursor(query.cursor, 'patients', ['text'])[0];
      const found = await patientsInReach(archive, claimsOf(request), query.ward, after, query.limit + 1);
      const page = found.slice(0, query.limit);
      return {
        patients: page,
        nextCursor: found.length > page.length ? writeCursor('patients', [page.at(-1)!.patient]) : null,
      };
    },
  });

  api.get<{ Params: { patient: string } }>('/v1/patients/:patient', {
    config: { access: READERS },
    schema: {
      operationId: 'getPatient',
      summary: 'One patient.',
      tags: ['patients'],
      params: object({ patient: name }),
      response: answers({ 200: json('The patient.', reference('Patient')) }, [400, 401, 403, 404]),
    },
    handler: (request) => patientInReach(archive, claimsOf(request), request.params.patient),
  });
}
