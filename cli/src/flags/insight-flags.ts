import { INSIGHT_SETTINGS_DEFAULT, type InsightSettings } from '@gaitway/reference-server/settings';
import { Flags } from '@oclif/core';
import { INSIGHT_KEY_VARIABLE, insightApi } from '../services/insight-api.ts';
import {
  type NumberFlag,
  type NumberKey,
  type NumberLimits,
  numberFlags,
  numberOf,
  withNumbers,
} from './number-flags.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HELP_GROUP = 'INSIGHT';

const number = (setting: NumberKey<InsightSettings>, says: string, limits?: NumberLimits) =>
  numberOf<InsightSettings>(setting, says, limits);

const NUMBERS = {
  'insights-every-minutes': number(
    'everyMs',
    'every patient gets an insight so often; 0: only who is asked for',
    { per: MINUTE_MS, min: 0, max: 1440 },
  ),
  'insight-queue': number('queueMax', 'insights that wait to be written; above it they are turned away', {
    max: 1_000_000,
  }),
  'insight-time-limit-seconds': number('timeLimitMs', 'how long one call of the model API may take', {
    per: SECOND_MS,
    max: 600,
  }),
  'insight-tokens': number('tokensPerInsightMax', 'tokens that one call may take; a longer one is not made'),
  'insight-tokens-per-day': number(
    'tokensPerDayMax',
    'tokens that the calls of one instance may take in a day',
  ),
  'insight-prompt-price': number(
    'promptPriceThousandths',
    'thousandths of your currency for a million tokens of prompts',
    { min: 0 },
  ),
  'insight-completion-price': number(
    'completionPriceThousandths',
    'thousandths of your currency for a million tokens of answers',
    { min: 0 },
  ),
  'insight-cost': number('costPerInsightMaxThousandths', 'thousandths that one call may cost'),
  'insight-cost-per-day': number(
    'costPerDayMaxThousandths',
    'thousandths that the calls of one instance may cost in a day',
  ),
} as const satisfies Record<string, NumberFlag<InsightSettings>>;

/** Whether insights are written, by whom, and what that may cost: the same flags wherever a server is started. */
export const INSIGHT_FLAGS = {
  'insight-api': Flags.string({
    description: `OpenAI-compatible chat API that writes insights, with --insight-model; its key: ${INSIGHT_KEY_VARIABLE}`,
    env: 'GAITWAY_INSIGHT_API',
    helpGroup: HELP_GROUP,
    helpValue: 'URL',
  }),
  'insight-model': Flags.string({
    description: 'model of that API',
    env: 'GAITWAY_INSIGHT_MODEL',
    helpGroup: HELP_GROUP,
    helpValue: 'NAME',
  }),
  ...numberFlags(NUMBERS, INSIGHT_SETTINGS_DEFAULT, HELP_GROUP),
};

/** What the flags, and the key in the environment, make of a server's insights. Throws a `Fault` for an API that is none. */
export function insightSettings(
  flags: Readonly<Record<keyof typeof NUMBERS, number>> & Parameters<typeof insightApi>[0],
  environment: Readonly<Record<string, string | undefined>>,
): InsightSettings {
  return {
    ...withNumbers<InsightSettings, keyof typeof NUMBERS>(NUMBERS, INSIGHT_SETTINGS_DEFAULT, flags),
    ...insightApi(flags, environment),
  };
}
