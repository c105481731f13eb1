import type { Clock } from '@gaitway/contract';
import type { ApiDeps, ReadinessCheck } from './deps.ts';
import type { ProblemDetail } from './problem-types.ts';

/** A store that does not answer within this time cannot be reached. */
export const READINESS_TIMEOUT_MS = 2000;

/** Whether a processor gets on: `problem` says what keeps it from its work, `null` when nothing does. */
export function processorReadiness(problem: () => string | null): ReadinessCheck {
  return {
    name: 'processor',
    check: async () => {
      const says = problem();
      if (says !== null) throw new Error(says);
    },
  };
}

/** What is wrong with what the server needs; empty: it can take traffic. */
export async function findUnready({
  readiness,
  clock,
}: Pick<ApiDeps, 'readiness' | 'clock'>): Promise<ProblemDetail[]> {
  const found = await Promise.all(readiness.map((check) => findProblem(check, clock)));
  return found.filter((problem) => problem !== null);
}

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
