import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_SETTINGS_DEFAULT } from '@gaitway/reference-server/settings';
import { describe, expect, it } from 'vitest';
import { atDepth, gaitway, linesWiderThan, ownFolder, unbroken } from './binary.fixture.ts';

const { model: VERSION } = SERVER_SETTINGS_DEFAULT;
const MODEL_FILE = new URL(`../../../reference-server/src/infer/models/${VERSION}.json`, import.meta.url);
const MODEL = JSON.parse(readFileSync(fileURLToPath(MODEL_FILE), 'utf8')) as {
  slotHeads: { weights: object }[];
};
const [HEAD, ...HEADS] = MODEL.slotHeads;
const [FEATURE] = Object.keys(HEAD!.weights);
const BROKEN_HEAD = { ...HEAD!, weights: { [FEATURE!]: 'much' } };
const modelWith = (change: object) => JSON.stringify({ ...MODEL, ...change });

const TRACE = ['time_ms,accel_x_mg,accel_y_mg,accel_z_mg', '0,0,0,1000', '20,0,0,1000', '40,0,0,1000'];
const traceWith = (line: number, text: string) => TRACE.with(line - 1, text).join('\n');

const TRACED = ['firmware', 'trace', '--samples'];
const GRADED = ['grade', '--placement', 'wrist', '--recording'];

describe('a file that cannot be used is told by its name and place, with 104, and nothing is left behind', () => {
  it.each(
    atDepth(3, [
      {
        what: 'a model of another format',
        ...{ words: ['run', 'smoke', '--model-file'], text: modelWith({ format: 2 }) },
        says: /bad has format 2 in field 'format'; this version reads format 1/,
      },
      {
        what: 'a model of another format, for a server',
        ...{ words: ['server', 'start', '--model-file'], text: modelWith({ format: 2 }) },
        says: /bad has format 2 in field 'format'/,
      },
      {
        what: 'a model with a broken field',
        words: ['run', 'smoke', '--model-file'],
        text: modelWith({ slotHeads: [BROKEN_HEAD, ...HEADS] }),
        says: new RegExp(`field 'slotHeads\\[0\\]\\.weights\\.${FEATURE}' must be a number .*, not "much"`),
      },
      {
        what: 'a candidate of the same version as the model',
        ...{ words: ['run', 'smoke', '--candidate-file'], text: modelWith({}) },
        says: new RegExp(
          `bad has version '${VERSION}', as the model .* Give its field 'version' a name of its own`,
        ),
      },
      {
        what: 'a cohort whose shares do not add up',
        words: ['run', 'smoke', '--cohort'],
        text: 'name: mine\nplacement: { wrist: 0.4, shank: 1 }\n',
        says: /bad:2:1: placement: the shares add up to 1\.4 \(0\.4 \+ 1\); they have to add up to 1/,
      },
      {
        what: 'a cohort of a simulation with a field that is unknown',
        ...{ words: ['simulate', '--cohort'], text: 'name: mine\nfreezerShar: 1\n' },
        says: /bad:2:1: freezerShar: no such field is known; did you mean 'freezerShare'\?/,
      },
      {
        what: 'a cohort of a fleet that is no YAML',
        ...{ words: ['fleet', '--target', 'http://127.0.0.1:1', '--cohort'], text: 'name: [' },
        says: /bad:1:8: this is no YAML/,
      },
      {
        what: 'a trace with a value that is no number',
        ...{ words: TRACED, text: traceWith(3, '20,NaN,0,1000') },
        says: /bad:3: accel_x_mg is 'NaN', and must be a number/,
      },
      {
        what: 'a trace in another unit',
        ...{ words: TRACED, text: traceWith(1, 'time_ms,accel_x_ms2,accel_y_ms2,accel_z_ms2') },
        says: /bad:1: column accel_x_ms2 is in 'ms2': call it accel_x_mg or accel_x_g/,
      },
      {
        what: 'a recording with a value that is no number',
        ...{ words: GRADED, text: traceWith(3, '20,NaN,0,1000') },
        says: /bad, line 3, field accel_x_mg: 'NaN' is not a number/,
      },
      {
        what: 'a recording without a slot that is whole',
        ...{ words: GRADED, text: traceWith(3, '20,0,0,1000') },
        says: /bad: in 0\.\d s there is no whole slot of 5 s/,
      },
      {
        what: 'a wave with a version that is none',
        words: ['run', 'smoke', '--update-wave'],
        text: '{ "from": "1.99.0", "to": { "firmware": "1.1.0", "hash": "0badcafe" } }',
        says: /bad: from: "1\.99\.0" is no version from 0\.0\.0 to 15\.63\.63/,
      },
    ]),
  )('$what', async ({ words, text, says }) => {
    const [data, folder] = [ownFolder(), ownFolder()];
    const file = join(folder, 'bad');
    writeFileSync(file, text);
    const { code, stdout, stderr } = await gaitway([...words, file], { data });
    expect(unbroken(stderr)).toMatch(says);
    expect(linesWiderThan(80, stderr).filter((line) => !line.includes(file))).toEqual([]);
    expect(stdout).toBe('');
    expect(code).toBe(104);
    expect(readdirSync(data)).toEqual([]);
  });
});
