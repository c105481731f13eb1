import type { Clock } from '@gaitway/contract';
import type { CallTokens } from './call-budget.ts';

/** Why a call has no usable answer, as the metrics name it. */
export type CallFailure =
  | 'time_limit'
  | 'unreachable'
  | 'rate_limited'
  | 'refused'
  | 'server_error'
  | 'too_long'
  | 'bad_answer';

export class CallFault extends Error {
  override name = 'CallFault';
  readonly reason: CallFailure;
  /** How long the API asks to be left alone, in ms. */
  readonly retryAfterMs: number | undefined;
  /** What the call took all the same, where the API says so. */
  readonly tokens: CallTokens | undefined;
  /** No connection came about, so nobody was asked anything. */
  readonly unsent: boolean;

  constructor(
    reason: CallFailure,
    says: string,
    more: { retryAfterMs?: number | undefined; tokens?: CallTokens | undefined; unsent?: boolean } = {},
  ) {
    super(says);
    this.reason = reason;
    this.retryAfterMs = more.retryAfterMs;
    this.tokens = more.tokens;
    this.unsent = more.unsent ?? false;
  }
}

export interface ChatAnswer {
  content: string;
  /** `undefined`: the API does not say. */
  tokens: CallTokens | undefined;
}

export interface ChatApi {
  /** What `/chat/completions` comes after, as https://api.openai.com/v1. */
  baseUrl: string;
  apiKey?: string | undefined;
  timeLimitMs: number;
}

const ANSWER_BYTES_MAX = 256 * 1024;
/** How sockets say that they were never connected. */
const UNSENT_CODES: ReadonlySet<unknown> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
]);
const RETRY_AFTER_MS = { usual: 30_000, most: 3600_000 };

/**
 * One call of an OpenAI-compatible chat API (Gemini offers the same). Never repeats itself and follows no redirect, so
 * that the key goes nowhere else. Throws a {@link CallFault}, or the reason of `signal` when that ends it.
 */
export async function callChat(
  api: ChatApi,
  body: unknown,
  clock: Clock,
  signal?: AbortSignal,
): Promise<ChatAnswer> {
  const limit = new AbortController();
  const timer = clock.setTimer(api.timeLimitMs, () => limit.abort());
  try {
    const response = await fetch(`${api.baseUrl.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      redirect: 'error',
      signal: signal ? AbortSignal.any([limit.signal, signal]) : limit.signal,
      headers: {
        'content-type': 'application/json',
        ...(api.apiKey ? { authorization: `Bearer ${api.apiKey}` } : {}),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw statusFault(response, clock);
    }
    return readAnswer(await textOf(response));
  } catch (error) {
    if (error instanceof CallFault) throw error;
    signal?.throwIfAborted();
    if (limit.signal.aborted) {
      throw new CallFault('time_limit', `the model API did not answer within ${api.timeLimitMs} ms`);
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const unsent = UNSENT_CODES.has((cause as { code?: unknown } | null)?.code);
    throw new CallFault('unreachable', `the model API cannot be reached: ${String(cause)}`, { unsent });
  } finally {
    clock.clearTimer(timer);
  }
}

function statusFault({ status, headers }: Response, clock: Clock): CallFault {
  const retryAfterMs = retryAfterOf(headers.get('retry-after'), clock.epochMs());
  const says = `the model API answered ${status}`;
  if (status === 429) {
    return new CallFault('rate_limited', says, { retryAfterMs: retryAfterMs ?? RETRY_AFTER_MS.usual });
  }
  return status >= 500
    ? new CallFault('server_error', says, { retryAfterMs })
    : new CallFault('refused', `${says}: look at URL, model and key`);
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? 1000 * Number(header) : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_MS.most, Math.max(0, ms));
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels what is still to come.
    if (bytes > ANSWER_BYTES_MAX) {
      throw new CallFault('too_long', `the model API answered more than ${ANSWER_BYTES_MAX} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readAnswer(text: string): ChatAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new CallFault('bad_answer', 'the model API answered something that is not JSON');
  }
  const { choices, usage } = (answer ?? {}) as {
    choices?: { message?: { content?: unknown } }[];
    usage?: { prompt_tokens?: unknown; completion_tokens?: unknown };
  };
  const { prompt_tokens: prompt, completion_tokens: completion } = usage ?? {};
  const tokens = isCount(prompt) && isCount(completion) ? { prompt, completion } : undefined;
  const content = Array.isArray(choices) ? choices[0]?.message?.content : undefined;
  if (typeof content !== 'string') {
    throw new CallFault('bad_answer', 'the answer of the model API has no choices[0].message.content', {
      tokens,
    });
  }
  return { content, tokens };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
