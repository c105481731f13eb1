import type { Clock } from '@gaitway/contract';

/** Tokens of one call, as a model API counts them. */
export interface CallTokens {
  prompt: number;
  completion: number;
}

/** Above this part of our own count a statement can be true. That count takes two bytes a token, so this is eight; text has some four. */
const STATED_LEAST = 1 / 4;

/**
 * What a call is charged with: what the API says, part by part, where that can be true. Where it says nothing, or less
 * than the text can have (none, say), our own count is taken, which is high; and never more than the call could take.
 */
export function chargedTokens(
  stated: CallTokens | undefined,
  counted: CallTokens,
  most: CallTokens,
): CallTokens {
  const charged = (part: keyof CallTokens) => {
    const said = stated?.[part] ?? 0;
    return Math.min(most[part], said < STATED_LEAST * counted[part] ? counted[part] : said);
  };
  return { prompt: charged('prompt'), completion: charged('completion') };
}

/** What calls may take. Prices and costs in thousandths of a currency; a price is that of a million tokens. */
export interface BudgetSettings {
  tokensPerInsightMax: number;
  tokensPerDayMax: number;
  promptPriceThousandths: number;
  completionPriceThousandths: number;
  costPerInsightMaxThousandths: number;
  costPerDayMaxThousandths: number;
}

/** Tokens and cost that were set aside for one call. */
export interface Reservation {
  /** Puts what the call really took in place of what was set aside; only the first time counts. */
  settle(taken: CallTokens): void;
}

const DAY_MS = 24 * 3600_000;

/**
 * What the calls of this process may take in a day (UTC) and for one insight. A call sets aside the most that it
 * can take before it is made, so calls that are under way together never go beyond the day's budget. It is kept in
 * this process: another instance, or a new start, has a budget of its own.
 */
export class CallBudget {
  private readonly settings: BudgetSettings;
  private readonly clock: Clock;
  private day = -1;
  private tokens = 0;
  private cost = 0;

  constructor(settings: BudgetSettings, clock: Clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /** In thousandths of the currency. */
  costOf({ prompt, completion }: CallTokens): number {
    const { promptPriceThousandths, completionPriceThousandths } = this.settings;
    return (prompt * promptPriceThousandths + completion * completionPriceThousandths) / 1e6;
  }

  /** `undefined`: the most that the call can take is beyond what is left of the day, or beyond what one insight may take. */
  reserve(most: CallTokens): Reservation | undefined {
    const { tokensPerInsightMax, tokensPerDayMax, costPerInsightMaxThousandths, costPerDayMaxThousandths } =
      this.settings;
    this.beginDay();
    const tokens = most.prompt + most.completion;
    const cost = this.costOf(most);
    if (tokens > tokensPerInsightMax || cost > costPerInsightMaxThousandths) return undefined;
    if (this.tokens + tokens > tokensPerDayMax || this.cost + cost > costPerDayMaxThousandths)
      return undefined;
    this.tokens += tokens;
    this.cost += cost;
    const { day } = this;
    let open = true;
    return {
      settle: (taken) => {
        this.beginDay();
        // A call that began yesterday was set aside yesterday.
        if (open && day === this.day) {
          this.tokens += taken.prompt + taken.completion - tokens;
          this.cost += this.costOf(taken) - cost;
        }
        open = false;
      },
    };
  }

  private beginDay(): void {
    const day = Math.floor(this.clock.epochMs() / DAY_MS);
    if (day === this.day) return;
    this.day = day;
    this.tokens = 0;
    this.cost = 0;
  }
}
