import type { Clock } from '@gaitway/contract';
import type { Meter } from '../observe/meter.ts';
import { type BudgetSettings, CallBudget, type CallTokens, chargedTokens } from './call-budget.ts';
import { type CallFailure, CallFault, type ChatApi, callChat } from './chat-call.ts';
import { type ChatMessage, chatMessages } from './chat-prompt.ts';
import type { InsightMaterial } from './material.ts';
import { type InsightWriter, WriterFault } from './writer.ts';

export interface ChatWriterSettings extends ChatApi {
  model: string;
  budget: BudgetSettings;
}

/** What a model may answer, in tokens: some twenty sentences with what they cite. */
const COMPLETION_TOKENS_MAX = 3000;
/** Bytes of a text that make a token, by our own count: below what JSON of words and digits has. */
const BYTES_PER_TOKEN = 2;

const tokensIn = (...texts: string[]) =>
  Math.ceil(texts.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0) / BYTES_PER_TOKEN);
const promptTokensOf = (messages: readonly ChatMessage[]) =>
  tokensIn(...messages.map(({ content }) => content));

/** After these no model has written anything. */
const TURNED_AWAY: ReadonlySet<CallFailure> = new Set(['refused', 'rate_limited']);

/** What a failed call is charged with: all that was set aside, unless it is known that it took less. */
function chargedForFailure({ reason, tokens, unsent }: CallFault, most: CallTokens): CallTokens {
  if (unsent) return { prompt: 0, completion: 0 };
  const promptAlone = { prompt: most.prompt, completion: 0 };
  if (tokens) return chargedTokens(tokens, promptAlone, most);
  return TURNED_AWAY.has(reason) ? promptAlone : most;
}

/** Writes by an OpenAI-compatible chat API: one call an insight at the most, within time limit and budget. */
export class ChatWriter implements InsightWriter {
  readonly writer = 'model';
  readonly writtenBy: string;
  private readonly settings: ChatWriterSettings;
  private readonly clock: Clock;
  private readonly budget: CallBudget;
  private readonly meters;
  private pausedUntilMs = 0;

  constructor(settings: ChatWriterSettings, clock: Clock, meter: Meter) {
    this.settings = settings;
    this.writtenBy = settings.model;
    this.clock = clock;
    this.budget = new CallBudget(settings.budget, clock);
    this.meters = {
      calls: meter.counter('insightCalls'),
      failures: (reason: CallFailure) => meter.counter('insightCallFailures', { reason }).add(),
      duration: meter.histogram('insightCallDuration'),
      prompt: meter.counter('insightTokens', { part: 'prompt' }),
      completion: meter.counter('insightTokens', { part: 'completion' }),
      cost: meter.counter('insightCost'),
    };
  }

  async write(material: InsightMaterial, signal?: AbortSignal): Promise<readonly unknown[]> {
    const pauseMs = this.pausedUntilMs - this.clock.monotonicMs();
    if (pauseMs > 0) {
      throw new WriterFault(
        'paused',
        `the model API asked to be left alone for ${Math.ceil(pauseMs / 1000)} s more`,
      );
    }
    const { messages, most } = this.withinInsight(material);
    const reservation = this.budget.reserve(most);
    if (!reservation) {
      throw new WriterFault(
        'budget',
        `a call of up to ${most.prompt + most.completion} tokens is beyond the budget`,
      );
    }
    const body = {
      model: this.settings.model,
      messages,
      response_format: { type: 'json_object' },
      max_tokens: most.completion,
    };
    const begunMs = this.clock.monotonicMs();
    let charged = most;
    let isAnswered = false;
    this.meters.calls.add();
    try {
      const { content, tokens } = await callChat(this.settings, body, this.clock, signal);
      isAnswered = true;
      const counted = { prompt: most.prompt, completion: tokensIn(content) };
      charged = chargedTokens(tokens, counted, most);
      return sentencesOf(content);
    } catch (error) {
      if (!(error instanceof CallFault)) throw error;
      this.meters.failures(error.reason);
      if (!isAnswered) charged = chargedForFailure(error, most);
      if (error.retryAfterMs !== undefined) {
        this.pausedUntilMs = this.clock.monotonicMs() + error.retryAfterMs;
      }
      throw new WriterFault('call_failed', error.message);
    } finally {
      this.meters.duration.record((this.clock.monotonicMs() - begunMs) / 1000);
      this.meters.prompt.add(charged.prompt);
      this.meters.completion.add(charged.completion);
      this.meters.cost.add(this.budget.costOf(charged));
      reservation.settle(charged);
    }
  }

  /** The messages with every window, or without where one insight may not take as many tokens. */
  private withinInsight(material: InsightMaterial): { messages: ChatMessage[]; most: CallTokens } {
    const whole = { messages: chatMessages(material), completion: COMPLETION_TOKENS_MAX };
    const prompt = promptTokensOf(whole.messages);
    const most = { prompt, completion: whole.completion };
    if (prompt + most.completion <= this.settings.budget.tokensPerInsightMax) {
      return { messages: whole.messages, most };
    }
    const messages = chatMessages(material, false);
    return { messages, most: { ...most, prompt: promptTokensOf(messages) } };
  }
}

/** The list that the model was asked for; what is in it is checked by somebody else. */
function sentencesOf(content: string): unknown[] {
  let answer: unknown;
  try {
    // Some wrap their JSON into a block of Markdown all the same.
    answer = JSON.parse(content.trim().replace(/^```(?:json)?\s*|\s*```$/g, ''));
  } catch {
    throw new CallFault('bad_answer', 'the model answered something that is not JSON');
  }
  const sentences = (answer as { sentences?: unknown } | null)?.sentences;
  if (!Array.isArray(sentences))
    throw new CallFault('bad_answer', 'the answer of the model has no sentences');
  return sentences;
}
