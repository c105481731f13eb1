import { CONDITIONS, type Condition } from '@gaitway/contract';

/** What a condition is called in a sentence. The models see a sign of it, and the words say no more than that. */
const CALLED: Readonly<Partial<Record<Condition, string>>> = {
  rigidityProxy: 'little arm swing',
  gait: 'walking',
};
export const calledOf = (condition: Condition): string => CALLED[condition] ?? condition;
/** By condition, for who has to be told. */
export const CONDITIONS_CALLED: Readonly<Record<string, string>> = Object.fromEntries(
  CONDITIONS.map((condition) => [condition, calledOf(condition)]),
);

/**
 * Every wording of every claim (the grammar is that of `expandWording`). There are no other sentences: a writer
 * chooses among these, and the numbers are put in from what was computed. So a wording must claim what its predicate
 * claims and nothing beside it, with the computed number in it. The built-in writer takes the first of each.
 */
export const WORDINGS = {
  mean: [
    'the mean probability of {condition} was {ratio}{when}.',
    'on average, the probability of {condition} was {ratio}{when}.',
    '{condition} had a mean probability of {ratio}{when}.',
  ],
  share: [
    '{condition} was [found|seen|detected] in {ratio} of the windows that could be assessed{when} ({found}).',
    'in {ratio} of the windows that could be assessed{when} ({found}), {condition} was [found|seen|detected].',
  ],
  found: [
    '{condition} was [found|seen|detected] in {count} of [the |]{total} {windows} that could be assessed{when}.',
    '{condition} was [found|seen|detected] in {count} of [the |]{total} assessable {windows}{when}.',
    'in {count} of [the |]{total} {windows} that could be assessed{when}, {condition} was [found|seen|detected].',
    '{count} of [the |]{total} {windows} that could be assessed{when} [had|showed] {condition}.',
  ],
  assessed: [
    '{condition} could be assessed in {count} of [the |]{total} {windows}{when}.',
    '{count} of [the |]{total} {windows}{when} could be assessed for {condition}.',
  ],
  notAssessed: [
    '{condition} could not be assessed in any window{when}.',
    'no window{when} could be assessed for {condition}.',
  ],
  driver: [
    'in {count} of [the |]{total} {windows} with {condition}{when}, what spoke for it most was {sign}.',
    'what spoke for {condition} most in {count} of [the |]{total} {windows} in which it was found{when} was {sign}.',
  ],
  change: [
    'the mean probability of {condition} was {size} {direction} than in the {span} before.',
    'compared with the {span} before, the mean probability of {condition} was {size} {direction}.',
    'in this period the mean probability of {condition} was {size} {direction} than in the {span} before.',
  ],
  noChange: ['the mean probability of {condition} differed by {size} from that of the {span} before.'],
  alerts: [
    '{count} {alerts} of the rule {rule} {were} raised.',
    '{count} {alerts} {were} raised by the rule {rule}.',
    'the rule {rule} raised {count} {alerts}.',
  ],
  medication: ['{count} {entries} of medication {were} made.', '{count} medication {entries} {were} made.'],
  exercise: [
    '{kind} for {condition}: {title}. {says}{notAssessed}',
    'for {condition}, {kind} to consider: {title}. {says}{notAssessed}',
    '{title}, {kind} for {condition}. {says}{notAssessed}',
  ],
} as const satisfies Record<string, readonly string[]>;

/**
 * What stands behind an exercise of which `says` could not be looked at: whoever reads "nothing speaks against it" into a
 * recommendation is told of what nobody could see.
 */
export const notAssessedText = (says: readonly string[]): string =>
  says.length === 0
    ? ''
    : ` A person has to look first at what could not be assessed here: ${says.join(' ')}`;

/** How the places of wordings are filled, for who writes them without having the numbers put in. */
export const PLACES: Readonly<Record<string, string>> = {
  condition: 'as under "called"',
  ratio:
    'the computed number with two decimals, or in percent: 0.56 or 56 %. For a bound "at least 0.50, in fact 0.56" or "at most ..."; in "share" with a comma behind it',
  count:
    'the computed number in digits, or "none" or "all" of the total. For a bound "at least 5, in fact 6," or "at most ...". In "alerts" and "medication" digits alone, behind "at least" if "more" says that there are more',
  total:
    'in "found" the assessable windows, in "assessed" all of them, in "driver" those in which it was found',
  sign: 'of the feature, as under "signs"',
  windows: '"window" behind 1, else "windows"; so also alert or alerts, entry or entries, was or were',
  found: 'as "6 of 9": found, of assessable',
  when: 'nothing, or " in this period"; for the statistic of before always " in the <span> before"; for windows one by one always " among 2 windows picked out of 10"',
  size: 'the computed number without sign, two decimals; for a bound "at least 0.30, in fact 0.34,"',
  direction: 'higher or lower; where size is 0.00 take the wording of "noChange"',
  span: 'one of "span"',
  kind: '"a game" or "an exercise"',
  title: 'and says, notAssessed: word for word as in the item',
};
