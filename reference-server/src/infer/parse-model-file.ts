import { CONDITIONS } from '@gaitway/contract';
import { jsonFault } from './json-fault.ts';
import {
  GUARDED_FIGURES,
  MODEL_FORMAT,
  type ModelFile,
  PLACEMENT_NAMES,
  type SlotHeadFile,
  WIDEST_LIMITS,
} from './model-file.ts';
import { ModelFileFault } from './model-file-fault.ts';
import { FieldReader, shortened } from './model-file-fields.ts';
import { SIGNAL_FEATURES } from './signal-features.ts';
import { WINDOW_FEATURES } from './window-features.ts';

/** So many problems are told of at once. */
const PROBLEMS_MAX = 10;
const SHARES_SUM_OFF_MAX = 1e-3;
const HOW = 'Write it again by the command that its field madeBy names, or take a built-in model.';

/**
 * The model that a file's text holds. Throws a {@link ModelFileFault} that names the file, every broken field and what to
 * do; nothing is taken over from a file that has a single one.
 */
export function parseModelFile(text: string, file: string): ModelFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelFileFault('model_broken', `The model file ${file}${noJson(text, error)}.`, HOW, error);
  }
  const root = FieldReader.of(value);
  const format = root.field('format').value;
  if (root.problems.length === 0 && format !== MODEL_FORMAT) {
    const says = `The model file ${file} has format ${JSON.stringify(format)} in field 'format'; this version reads format ${MODEL_FORMAT}.`;
    throw new ModelFileFault('model_format', says, HOW);
  }
  readModel(root);
  const { problems } = root;
  if (problems.length > 0) {
    const more =
      problems.length > PROBLEMS_MAX ? `; and ${problems.length - PROBLEMS_MAX} more problems` : '';
    const says = `The model file ${file} is broken: ${problems.slice(0, PROBLEMS_MAX).join('; ')}${more}.`;
    throw new ModelFileFault('model_broken', says, HOW);
  }
  return value as ModelFile;
}

function noJson(text: string, error: unknown): string {
  const fault = jsonFault(text);
  if (fault === undefined) return ` is no JSON: ${(error as Error).message}`;
  const { line, column, field, says } = fault;
  return `:${line}:${column} is no JSON${field === '' ? '' : `, in field '${shortened(field)}'`}: ${says}`;
}

function readModel(root: FieldReader): void {
  root.onlyFields([
    ...['format', 'version', 'madeBy', 'slotHeads', 'windowHeads', 'declined', 'limits', 'training'],
  ]);
  root
    .field('version')
    .matches(/^[a-z0-9][a-z0-9.-]{0,39}$/, 'a name of small letters, digits, dots and dashes');
  root.field('madeBy').text();
  const taken = new Set<string>();
  for (const head of root.field('slotHeads').items(1)) readSlotHead(head, taken);
  const windowHeads = root.field('windowHeads');
  windowHeads.onlyFields(CONDITIONS);
  for (const condition of CONDITIONS) readWindowHead(windowHeads.field(condition));
  for (const [condition, reason] of root.field('declined').entries()) {
    reason.text();
    if ((CONDITIONS as readonly string[]).includes(condition)) reason.wrong('is a condition that has a head');
  }
  if (root.has('limits')) {
    const limits = root.field('limits');
    limits.onlyFields(GUARDED_FIGURES);
    for (const figure of GUARDED_FIGURES)
      if (limits.has(figure)) limits.field(figure).number(0, WIDEST_LIMITS[figure]);
  }
  for (const [placement, training] of root.field('training').entries()) {
    if (!(PLACEMENT_NAMES as readonly string[]).includes(placement)) training.wrong('is no placement');
    readTraining(training);
  }
  for (const head of root.problems.length > 0 ? [] : root.field('slotHeads').items(1)) readKnown(head, root);
}

/** Of what a head looks at it must be known how it was distributed, or nobody could say whether it still is. */
function readKnown(head: FieldReader, root: FieldReader): void {
  const { placements, weights } = head.value as SlotHeadFile;
  const { training } = root.value as ModelFile;
  const without = Object.keys(weights).filter(
    (feature) => !placements.some((name) => Object.hasOwn(training[name]?.features ?? {}, feature)),
  );
  if (without.length > 0)
    head.wrong(
      `looks at ${without.join(', ')}, of which 'training' has no bins at the ${placements.join(' or ')}`,
    );
}

function readSlotHead(head: FieldReader, taken: Set<string>): void {
  const condition = head.field('condition').oneOf(CONDITIONS);
  for (const item of head.field('placements').items(1)) {
    const placement = item.oneOf(PLACEMENT_NAMES);
    const place = `${condition} at ${placement}`;
    if (condition !== undefined && placement !== undefined && taken.has(place))
      item.wrong(`names a second head for ${place}`);
    taken.add(place);
  }
  head.field('origin').oneOf(['fitted', 'published']);
  head.field('source').text();
  if (head.has('walkingOnly')) head.field('walkingOnly').oneOf([true, false]);
  readLinear(head, SIGNAL_FEATURES);
}

function readWindowHead(head: FieldReader): void {
  head.field('threshold').integer(1, 999);
  head.field('windowThreshold').integer(1, 999);
  readLinear(head, WINDOW_FEATURES);
}

function readLinear(head: FieldReader, features: readonly string[]): void {
  head.field('intercept').number();
  const weights = head.field('weights');
  weights.onlyFields(features);
  for (const [, weight] of weights.entries()) weight.number();
  const calibration = head.field('calibration');
  calibration.onlyFields(['slope', 'intercept']);
  const slope = calibration.field('slope');
  // A slope of 0 says the same of everybody, one below that the opposite of what the score says.
  if ((slope.number() ?? 1) <= 0) slope.wrong('must be above 0');
  calibration.field('intercept').number();
}

function readTraining(training: FieldReader): void {
  training.onlyFields(['slots', 'features']);
  training.field('slots').integer(1, 1e9);
  const features = training.field('features');
  features.onlyFields(SIGNAL_FEATURES);
  for (const [, bins] of features.entries()) {
    const edges = bins
      .field('edges')
      .items(1)
      .map((edge) => edge.number() ?? 0);
    const shares = bins
      .field('shares')
      .items(2)
      .map((share) => share.number(0, 1) ?? 0);
    if (edges.some((edge, i) => i > 0 && edge <= edges[i - 1]!)) bins.field('edges').wrong('must ascend');
    if (shares.length !== edges.length + 1)
      bins.field('shares').wrong(`must be ${edges.length + 1}, one more than edges, not ${shares.length}`);
    const sum = shares.reduce((total, share) => total + share, 0);
    if (Math.abs(sum - 1) > SHARES_SUM_OFF_MAX) bins.field('shares').wrong(`must add up to 1, not ${sum}`);
  }
}
