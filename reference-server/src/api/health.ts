import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problem-types.ts';
import { findUnready } from './readiness.ts';
import { answers, json, reference } from './schemas.ts';

export function health(api: FastifyInstance, deps: ApiDeps): void {
  const startedMs = deps.clock.monotonicMs();

  // Open, like /ready and /metrics: whoever keeps the server running asks without a token, and no patient is in it.
  api.get('/health', {
    config: { access: 'open' },
    schema: {
      operationId: 'getHealth',
      summary: 'Whether the process is alive. It asks no store: a restart would not help those.',
      tags: ['server'],
      response: answers({ 200: json('It is.', reference('Health')) }),
    },
    handler: async () => ({
      status: 'alive',
      version: deps.settings().version,
      upMs: Math.floor(deps.clock.monotonicMs() - startedMs),
    }),
  });

  api.get('/ready', {
    config: { access: 'open' },
    schema: {
      operationId: 'getReadiness',
      summary:
        'Whether the server can take traffic: every store that it needs answers, and its processor gets on.',
      tags: ['server'],
      response: answers({ 200: json('It can.', reference('Readiness')) }, [503]),
    },
    handler: async () => {
      const problems = await findUnready(deps);
      if (problems.length > 0) {
        const names = problems.map(({ at }) => at).join(', ');
        throw new Problem('not_ready', `Not ready: ${names}.`, problems, { 'retry-after': '1' });
      }
      return { status: 'ready', checks: deps.readiness.map(({ name }) => name) };
    },
  });
}
