import { EXIT_CODE } from '@gaitway/contract';
import { ArchiveOverHttp, type TargetSettings } from '@gaitway/scenarios';
import { commandName } from '../command-name.ts';
import { Fault } from '../fault.ts';

const PROBE_LIMIT_MS = 5000;

/** What a target tells of itself. `undefined`: it is a foreign one that tells nothing, and can be loaded all the same. */
export interface ProbedTarget {
  settings: TargetSettings | undefined;
}

/**
 * Asks every target whether it is there, and the first what it is. Throws a {@link Fault}: 69 where nothing
 * answers, 104 where a reference server does not know the secret that our tokens are signed with.
 */
export async function probeTargets(urls: readonly string[], operatorToken: string): Promise<ProbedTarget> {
  const answers = await Promise.all(urls.map((url) => ask(url, operatorToken)));
  for (const [at, answer] of answers.entries()) {
    if (![401, 403].includes(answer.status) || !answer.body.includes('urn:gaitway:problem:')) continue;
    throw new Fault(
      'token_refused',
      `${urls[at]} refuses tokens that are signed with this secret`,
      'Set GAITWAY_TOKEN_SECRET to the secret of that server, or name its data folder with --data.',
      EXIT_CODE.badInput,
    );
  }
  if (answers[0]?.status !== 200) return { settings: undefined };
  try {
    return { settings: await new ArchiveOverHttp(urls[0]!, operatorToken).settings() };
  } catch {
    return { settings: undefined };
  }
}

async function ask(url: string, token: string): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(`${url}/v1/settings`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(PROBE_LIMIT_MS),
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    throw new Fault(
      'target_unreachable',
      `nothing answers at ${url} (${reasonOf(error)})`,
      `Start the server (${commandName()} server start), or correct --target.`,
      EXIT_CODE.unreachable,
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof AggregateError) return error.cause.errors.map(reasonOf).join(', ');
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}
