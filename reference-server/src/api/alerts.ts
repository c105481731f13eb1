import { ALERT_STATES, type AlertState } from '@gaitway/contract';
import type { FastifyInstance } from 'fastify';
import { mayWatch } from '../tokens/tokens.ts';
import { authorOf, claimsOf, READERS, scopeOf } from './access.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { ApiDeps } from './deps.ts';
import { MOMENT_MS_MAX, type RangePageQuery, readRange } from './moment.ts';
import { Problem } from './problem-types.ts';
import {
  answers,
  cursor,
  json,
  limit,
  list,
  moment,
  name,
  nextCursor,
  object,
  reference,
} from './schemas.ts';

interface AlertsQuery extends RangePageQuery {
  patient?: string;
  state?: AlertState;
  acknowledged?: boolean;
}

const ID_CHARACTERS_MAX = 256;

export function alerts(api: FastifyInstance, { archive, clock }: ApiDeps): void {
  api.get<{ Querystring: AlertsQuery }>('/v1/alerts', {
    config: { access: READERS },
    schema: {
      operationId: 'listAlerts',
      summary: 'The alerts of the patients that this token may see, newest first.',
      tags: ['alerts'],
      querystring: object(
        {
          patient: name,
          state: { type: 'string', enum: [...ALERT_STATES] },
          acknowledged: {
            type: 'boolean',
            description: 'Those that somebody has seen, or those that nobody has.',
          },
          from: moment,
          to: moment,
          cursor,
          limit: limit(1000),
        },
        ['patient', 'state', 'acknowledged', 'from', 'to', 'cursor', 'limit'],
      ),
      response: answers(
        { 200: json('One page.', object({ alerts: list(reference('Alert')), nextCursor })) },
        [400, 401, 403],
      ),
    },
    handler: async (request) => {
      const { query } = request;
      const range = readRange(query, {
        toMs: MOMENT_MS_MAX,
        defaultMs: Number.POSITIVE_INFINITY,
        mostMs: Number.POSITIVE_INFINITY,
      });
      const [atMs, id] =
        query.cursor === undefined ? [] : readCursor(query.cursor, 'alerts', ['number', 'text']);
      const found = await archive.alerts({
        scope: scopeOf(claimsOf(request)),
        ...(query.patient === undefined ? {} : { patient: query.patient }),
        ...(query.state === undefined ? {} : { state: query.state }),
        ...(query.acknowledged === undefined ? {} : { acknowledged: query.acknowledged }),
        ...(query.from === undefined ? {} : { fromMs: range.fromMs }),
        ...(query.to === undefined ? {} : { toMs: range.toMs }),
        ...(atMs === undefined || id === undefined ? {} : { before: { atMs, id } }),
        limit: query.limit + 1,
      });
      const page = found.slice(0, query.limit);
      const last = page.at(-1);
      return {
        alerts: page,
        nextCursor: last && found.length > page.length ? writeCursor('alerts', [last.atMs, last.id]) : null,
      };
    },
  });

  api.post<{ Params: { alert: string } }>('/v1/alerts/:alert/acknowledge', {
    config: { access: ['caregiver', 'doctor'] },
    schema: {
      operationId: 'acknowledgeAlert',
      summary: 'Marks an alert as seen. The first acknowledgement stands; another one changes nothing.',
      tags: ['alerts'],
      params: object({ alert: { type: 'string', minLength: 1, maxLength: ID_CHARACTERS_MAX } }),
      response: answers({ 200: json('The alert, acknowledged.', reference('Alert')) }, [400, 401, 403, 404]),
    },
    handler: async (request) => {
      const claims = claimsOf(request);
      const id = request.params.alert;
      const alert = await archive.alert(id);
      const acknowledged =
        alert !== null && mayWatch(claims, { patient: alert.patient }, alert.ward)
          ? await archive.acknowledgeAlert(id, authorOf(claims), clock.epochMs())
          : null;
      if (acknowledged === null) {
        throw new Problem('not_found', `There is no alert '${id}' that this token may see.`);
      }
      return acknowledged;
    },
  });
}
