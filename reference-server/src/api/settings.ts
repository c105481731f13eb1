import type { FastifyInstance } from 'fastify';
import { EVERYONE } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { answers, json, reference } from './schemas.ts';

export function settings(api: FastifyInstance, deps: ApiDeps): void {
  api.get('/v1/settings', {
    config: { access: EVERYONE },
    schema: {
      operationId: 'getSettings',
      summary: 'How this server cuts windows and what it runs on, so that others can cut and judge alike.',
      tags: ['server'],
      response: answers({ 200: json('The settings.', reference('Settings')) }, [401, 403]),
    },
    handler: async () => deps.settings(),
  });
}
