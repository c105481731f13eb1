import type { Insight } from '@gaitway/contract';
import type { FastifyInstance } from 'fastify';
import { insightId } from '../insight/insight-service.ts';
import { claimsOf, patientInReach, READERS } from './access.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { type RangePageQuery, readRange } from './moment.ts';
import { Problem } from './problem-types.ts';
import { answers, json, list, name, nextCursor, object, rangePage, reference } from './schemas.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
export const INSIGHTS_RANGE_MS_MAX = 400 * DAY_MS;
const HOURS = { usual: 1, most: 24 };
/** A client whose job was turned away may ask again after this long. */
const FULL_RETRY_SECONDS = 5;

export function insights(api: FastifyInstance, { archive, clock, insights: jobs }: ApiDeps): void {
  const url = '/v1/patients/:patient/insights';

  api.get<{ Params: { patient: string }; Querystring: RangePageQuery }>(url, {
    config: { access: READERS },
    schema: {
      operationId: 'listInsights',
      summary:
        "A patient's insights whose period ends in [from, to), oldest first. Without both: the last day.",
      description: 'A cursor carries its range: `from` and `to` do not count beside it. At most 400 days.',
      tags: ['insights'],
      params: object({ patient: name }),
      querystring: rangePage,
      response: answers(
        { 200: json('One page.', object({ insights: list(reference('Insight')), nextCursor })) },
        [400, 401, 403, 404],
      ),
    },
    handler: async (request) => {
      const { query } = request;
      const { patient } = await patientInReach(archive, claimsOf(request), request.params.patient);
      const range = readRange(query, {
        toMs: clock.epochMs() + 1,
        defaultMs: DAY_MS,
        mostMs: INSIGHTS_RANGE_MS_MAX,
      });
      const [fromMs, toMs] =
        query.cursor === undefined
          ? [range.fromMs, range.toMs]
          : readCursor(query.cursor, 'insights', ['number', 'number']);
      const found = await archive.insightsOf(patient, fromMs, toMs, query.limit + 1);
      const page = found.slice(0, query.limit);
      // A patient has one insight for each end of a period: the next page begins behind the last.
      const more = found.length > page.length;
      return {
        insights: page,
        nextCursor: more ? writeCursor('insights', [page.at(-1)!.toMs + 1, toMs]) : null,
      };
    },
  });

  api.post<{ Params: { patient: string }; Querystring: { hours: number } }>(url, {
    config: { access: READERS },
    schema: {
      operationId: 'requestInsight',
      summary: 'Asks for an insight of the last hours. Asked again within a minute it is the same insight.',
      description:
        'It is written by a job; the list has it when it is done, and who watches the patient gets an `insight`.',
      tags: ['insights'],
      params: object({ patient: name }),
      querystring: object(
        {
          hours: { type: 'integer', minimum: 1, maximum: HOURS.most, default: HOURS.usual },
        },
        ['hours'],
      ),
      response: answers(
        {
          200: json('It is there.', reference('Insight')),
          202: json('It has been asked for.', reference('InsightRequest')),
        },
        [400, 401, 403, 404],
      ),
    },
    handler: async (request, reply): Promise<Insight | object> => {
      const { patient } = await patientInReach(archive, claimsOf(request), request.params.patient);
      const toMs = Math.floor(clock.epochMs() / MINUTE_MS) * MINUTE_MS;
      const fromMs = toMs - Math.min(request.query.hours * HOUR_MS, jobs.spanMsMax);
      const id = insightId(patient, toMs);
      const there = await archive.insight(id);
      if (there !== null) return there;
      const outcome = await jobs.request({ patient, fromMs, toMs, scheduled: false });
      if (outcome === 'full') {
        throw new Problem('not_ready', 'As many jobs wait as may: ask again later.', [], {
          'retry-after': String(FULL_RETRY_SECONDS),
        });
      }
      reply.code(202);
      return { insight: id, fromMs, toMs, state: outcome };
    },
  });
}
