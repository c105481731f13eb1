import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { answers, plain } from './schemas.ts';

export function metrics(api: FastifyInstance, deps: ApiDeps): void {
  api.get('/metrics', {
    config: { access: 'open' },
    schema: {
      operationId: 'getMetrics',
      summary: 'Every metric of the catalogue, for Prometheus.',
      tags: ['server'],
      response: answers({ 200: plain('Prometheus text format.', 'text/plain') }),
    },
    handler: async (_, reply) => {
      const { contentType, text } = await deps.metricsText();
      return reply.type(contentType).send(text);
    },
  });
}
