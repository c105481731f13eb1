import type { Clock } from '@gaitway/contract';
import type { FastifyInstance } from 'fastify';
import type { ApiDeps, ReadinessCheck } from './deps.ts';
import { Problem, type ProblemDetail } from './problem-types.ts';
import { answers, json, reference } from './schemas.ts';

/** A store that does not answer within this time cannot be reached. */
export const READINESS_TIMEOUT_MS = 2000;

/** What is wrong with one thing that the server needs; `null`: nothing. */
async function findProblem({ name, check }: ReadinessCheck, clock: Clock): Promise<ProblemDetail | null> {
  let timer: unknown;
  const late = new Promise<never>((_, reject) => {
    timer = clock.setTimer(READINESS_TIMEOUT_MS, () =>
      reject(new Error(`did not answer within ${READINESS_TIMEOUT_MS} ms`)),
    );
  });
  try {
    await Promise.race([check(), late]);
    return null;
  } catch (error) {
    return { at: name, says: error instanceof Error ? error.message : String(error) };
  } finally {
    clock.clearTimer(timer);
  }
}

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
      summary: 'Whether the server can take traffic: every store that it needs answers.',
      tags: ['server'],
      response: answers({ 200: json('It can.', reference('Readiness')) }, [503]),
    },
    handler: async () => {
      const found = await Promise.all(deps.readiness.map((check) => findProblem(check, deps.clock)));
      const problems = found.filter((problem) => problem !== null);
      if (problems.length > 0) {
        const names = problems.map(({ at }) => at).join(', ');
        throw new Problem('not_ready', `Not ready: ${names}.`, problems, { 'retry-after': '1' });
      }
      return { status: 'ready', checks: deps.readiness.map(({ name }) => name) };
    },
  });
}
