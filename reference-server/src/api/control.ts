import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problem-types.ts';
import { answers, json, object, reference } from './schemas.ts';

/** Of an id of ours; it does not grow with the partitions. */
const ID_CHARACTERS_MAX = 128;

export function control(api: FastifyInstance, deps: ApiDeps): void {
  api.post('/v1/control/close-open-windows', {
    config: { access: ['operator'] },
    schema: {
      operationId: 'closeOpenWindows',
      summary: 'Closes every window that is open now, complete or not. Meant for the end of a run.',
      tags: ['server'],
      response: answers(
        {
          200: json('It is done.', reference('ClosingProgress')),
          202: json('It has begun: ask again with its id.', reference('ClosingProgress')),
        },
        [400, 401, 403],
      ),
    },
    handler: async (_, reply) => {
      const progress = await deps.control.closeOpenWindows();
      reply.code(progress.done ? 200 : 202);
      return progress;
    },
  });

  api.get<{ Querystring: { id: string } }>('/v1/control/close-open-windows', {
    config: { access: ['operator'] },
    schema: {
      operationId: 'getClosingProgress',
      summary: 'How far the closing of open windows got.',
      tags: ['server'],
      querystring: object({ id: { type: 'string', minLength: 1, maxLength: ID_CHARACTERS_MAX } }),
      response: answers({ 200: json('The progress.', reference('ClosingProgress')) }, [400, 401, 403, 404]),
    },
    handler: async (request) => {
      const progress = await deps.control.closingProgress(request.query.id);
      if (progress === null) {
        throw new Problem(
          'not_found',
          'This id was never given out: POST first, and take the id of its answer.',
        );
      }
      return progress;
    },
  });
}
