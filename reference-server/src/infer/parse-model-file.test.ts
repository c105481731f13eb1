import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInModel, loadModel, loadModelFile } from './load-model.ts';
import { type ModelFile, WIDEST_LIMITS } from './model-file.ts';
import { ModelFileFault } from './model-file-fault.ts';
import { MODEL_VERSION } from './model-names.ts';
import { parseModelFile } from './parse-model-file.ts';

const FILE = 'some/model.json';
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** What a field becomes; `undefined`: it is taken out. */
type Change = (value: Json) => Json | undefined;

/** What is broken, where, how, and what is said of it. */
type Case = [what: string, path: string, change: Change, says: string];

/** The built-in model's file with one field changed. */
function changed(path: string, change: Change): string {
  const file = JSON.parse(JSON.stringify(builtInModel(MODEL_VERSION).file)) as { [key: string]: Json };
  const names = path.split('.');
  const last = names.pop()!;
  let parent = file;
  for (const name of names) parent = parent[name] as { [key: string]: Json };
  const value = change(parent[last] ?? null);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return JSON.stringify(file);
}

/** What is said of a text. */
function faultOf(text: string): ModelFileFault {
  try {
    parseModelFile(text, FILE);
  } catch (error) {
    expect(error).toBeInstanceOf(ModelFileFault);
    return error as ModelFileFault;
  }
  throw new Error('it was taken');
}

describe('a model file', () => {
  it('of the built-in model is named as its version, and is taken as it is', () => {
    const { file, version } = builtInModel(MODEL_VERSION);
    expect(version).toBe(MODEL_VERSION);
    expect(parseModelFile(JSON.stringify(file), FILE)).toEqual(file);
    expect(Object.keys(file.declined).sort()).toEqual(['bradykinesia', 'dyskinesia']);
  });

  it('of another format is refused with both formats, the file, the field and what to do', () => {
    const { code, message } = faultOf(changed('format', () => 7));
    expect(code).toBe('model_format');
    expect(message).toBe(
      "The model file some/model.json has format 7 in field 'format'; this version reads format 1. Write it again by the command that its field madeBy names, or take a built-in model.",
    );
  });

  const gone: Change = () => undefined;
  const bins = 'training.wrist.features.armSwing';
  const broken: Case[] = [
    ['no version', 'version', gone, "field 'version' is missing"],
    [
      'no training at all',
      'training',
      () => ({}),
      "field 'slotHeads[0]' looks at gyroTremorToLocomotion, gyroStillness, of which 'training' has no bins at the wrist",
    ],
    [
      'no bins of what a head looks at',
      'training.shank.features.freezeIndex',
      gone,
      "looks at freezeIndex, of which 'training' has no bins at the shank or ankle",
    ],
    ['a version with spaces', 'version', () => 'my model', "field 'version' must be a name"],
    [
      'a weight that is text',
      'slotHeads.0.weights.gyroMovement',
      () => '1',
      'field \'slotHeads[0].weights.gyroMovement\' must be a number from -1000000 to 1000000, not "1"',
    ],
    [
      'a number that is null, as NaN is in JSON',
      'slotHeads.0.intercept',
      () => null,
      "field 'slotHeads[0].intercept' must be a number",
    ],
    [
      'a feature that no slot has',
      'slotHeads.0.weights.mood',
      () => 1,
      "field 'slotHeads[0].weights.mood' is not known",
    ],
    [
      'a head without placements',
      'slotHeads.0.placements',
      () => [],
      "field 'slotHeads[0].placements' must be a list of at least 1",
    ],
    [
      'a placement that there is not',
      'slotHeads.0.placements',
      () => ['hat'],
      "field 'slotHeads[0].placements[0]' must be one of wrist, shank",
    ],
    [
      'two heads for one condition and placement',
      'slotHeads',
      (heads) => [...(heads as Json[]), (heads as Json[])[0]!],
      'names a second head for tremor at wrist',
    ],
    [
      'a slope that turns scores round',
      'windowHeads.gait.calibration.slope',
      () => -1,
      "field 'windowHeads.gait.calibration.slope' must be above 0",
    ],
    ['a missing window head', 'windowHeads.freezing', gone, "field 'windowHeads.freezing' is missing"],
    [
      'a threshold of 0',
      'windowHeads.tremor.threshold',
      () => 0,
      "field 'windowHeads.tremor.threshold' must be a whole number from 1 to 999, not 0",
    ],
    [
      'a window threshold that is no whole number of thousandths',
      'windowHeads.freezing.windowThreshold',
      () => 0.1,
      "field 'windowHeads.freezing.windowThreshold' must be a whole number from 1 to 999, not 0.1",
    ],
    [
      'edges that do not ascend',
      `${bins}.edges`,
      (edges) => (edges as Json[]).toReversed(),
      `field '${bins}.edges' must ascend`,
    ],
    ['shares that do not add up', `${bins}.shares.0`, () => 0.7, `field '${bins}.shares' must add up to 1`],
    ['a share too few', `${bins}.shares`, (shares) => (shares as Json[]).slice(1), 'one more than edges'],
    ['a limit of what nobody measures', 'limits.mood', () => 1, "field 'limits.mood' is not known"],
    [
      'a limit below nothing',
      'limits.driftIndex',
      () => -1,
      "field 'limits.driftIndex' must be a number from 0 to 1, not -1",
    ],
    ...Object.entries(WIDEST_LIMITS).map(
      ([figure, widest]): Case => [
        `a limit of ${figure} that nothing would ever leave`,
        `limits.${figure}`,
        () => 1.001 * widest,
        `field 'limits.${figure}' must be a number from 0 to ${widest}, not ${1.001 * widest}`,
      ],
    ),
    ['training at no placement', 'training.hat', () => ({}), "field 'training.hat' is no placement"],
    [
      'a condition that is both assessed and declined',
      'declined.tremor',
      () => 'no',
      "field 'declined.tremor' is a condition that has a head",
    ],
    ['a field that nobody knows', 'weigths', () => ({}), "field 'weigths' is not known"],
  ];
  it.each(broken)('with %s is refused, and the field is named', (_, path, change, says) => {
    const { code, message } = faultOf(changed(path, change));
    expect(code).toBe('model_broken');
    expect(message).toContain(`The model file ${FILE} is broken: `);
    expect(message).toContain(says);
  });

  it('with a number that none can hold is told that it is too large', () => {
    const text = changed('slotHeads.0.intercept', () => 12345).replace('12345', '1e999');
    expect(faultOf(text).message).toContain(
      "field 'slotHeads[0].intercept' must be a number from -1000000 to 1000000, not Infinity (more than a number can hold, such as 1e999)",
    );
  });

  it('with several faults is told of all of them, and of a missing part once', () => {
    const file = { ...(JSON.parse(changed('windowHeads', gone)) as object), madeBy: 3 };
    expect(faultOf(JSON.stringify(file)).message).toContain(
      "broken: field 'madeBy' must be a text, not 3; field 'windowHeads' is missing.",
    );
  });

  it('that is no JSON, or no object, is refused', () => {
    expect(faultOf('{\n  "format": 1,\n  "slotHeads": [{ "intercept": NaN }]\n}').message).toBe(
      'The model file some/model.json:3:32 is no JSON, in field \'slotHeads[0].intercept\': a value should come, and "NaN }]\\n}" is there. Write it again by the command that its field madeBy names, or take a built-in model.',
    );
    expect(faultOf('{').message).toContain(
      `some/model.json:1:2 is no JSON: a field's name in double quotes or '}'`,
    );
    expect(() => parseModelFile('[]', FILE)).toThrow(/the file must be an object, not \[\]/);
  });

  it('is found by name or by path, and told of with what there is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gaitway-model-'));
    try {
      const path = join(folder, 'mine.json');
      const mine: ModelFile = { ...builtInModel(MODEL_VERSION).file, version: 'mine' };
      writeFileSync(path, JSON.stringify(mine));
      expect(loadModelFile(path).version).toBe('mine');
      expect(loadModel({ name: MODEL_VERSION, file: path }).version).toBe('mine');
      expect(loadModel({ name: MODEL_VERSION }).version).toBe(MODEL_VERSION);
      expect(() => loadModelFile(join(folder, 'none.json'))).toThrow(/none\.json cannot be read: ENOENT/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(() => builtInModel('third')).toThrow(
      `No built-in model is called 'third'. There are: ${MODEL_VERSION}`,
    );
  });

  it('may declare its limits as wide as they go, and as narrow', () => {
    for (const limits of [WIDEST_LIMITS, { alertRate: 0 }]) {
      const text = changed('limits', () => limits);
      expect(parseModelFile(text, FILE).limits).toEqual(limits);
    }
  });
});
