import type { FastifyInstance } from 'fastify';
import { claimsOf, patientInReach, READERS } from './access.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { type RangePageQuery, readRange } from './moment.ts';
import { answers, json, list, name, nextCursor, object, rangePage, reference } from './schemas.ts';

const HOUR_MS = 3600_000;
export const WINDOWS_RANGE_MS_MAX = 31 * 24 * HOUR_MS;

export function windows(api: FastifyInstance, { archive, clock }: ApiDeps): void {
  api.get<{ Params: { patient: string }; Querystring: RangePageQuery }>('/v1/patients/:patient/windows', {
    config: { access: READERS },
    schema: {
      operationId: 'listWindows',
      summary: "A patient's windows that start in [from, to), oldest first. Without both: the last hour.",
      description: 'A cursor carries its range: `from` and `to` do not count beside it. At most 31 days.',
      tags: ['patients'],
      params: object({ patient: name }),
      querystring: rangePage,
      response: answers(
        { 200: json('One page.', object({ windows: list(reference('Window')), nextCursor })) },
        [400, 401, 403, 404],
      ),
    },
    handler: async (request) => {
      const { query } = request;
      const { patient } = await patientInReach(archive, claimsOf(request), request.params.patient);
      const range = readRange(
        query,
        // The current window began before now: a millisecond more and it is in.
        { toMs: clock.epochMs() + 1, defaultMs: HOUR_MS, mostMs: WINDOWS_RANGE_MS_MAX },
      );
      const [fromMs, toMs] =
        query.cursor === undefined
          ? [range.fromMs, range.toMs]
          : readCursor(query.cursor, 'windows', ['number', 'number']);
      const found = await archive.windowsOf(patient, fromMs, toMs, query.limit + 1);
      const page = found.slice(0, query.limit);
      return {
        windows: page,
        nextCursor:
          found.length > page.length ? writeCursor('windows', [page.at(-1)!.startMs + 1, toMs]) : null,
      };
    },
  });
}
