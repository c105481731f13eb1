import type { Alert, WindowDocument } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { builtInModel } from '../infer/load-model.ts';
import type { ModelFile } from '../infer/model-file.ts';
import { MODEL_VERSION } from '../infer/model-names.ts';
import { loadLibrary, rulesAgainst } from './exercise-library.ts';
import { factsOf, gatherFacts, RETRIEVED_MAX, statisticNow } from './facts.ts';
import { foundFrom } from './found-from.ts';
import {
  alertAt,
  entryAt,
  FIRST_MS,
  FOUND_FROM,
  HISTORY,
  MINUTE_MS,
  PERIOD,
  windowOf,
} from './material.fixture.ts';
import { retrieveExercises } from './retrieve-exercises.ts';

describe('the facts of a period', () => {
  it('are read from the archive: windows, the time before, alerts and medication, each under an id', async () => {
    const archive = new MemoryArchive();
    const far = windowOf(120, { tremor: 0.99 });
    await archive.saveWindows([
      ...HISTORY.now,
      ...HISTORY.before,
      far,
      { ...HISTORY.now[0]!, patient: 'ben' },
    ]);
    await archive.saveAlerts([...HISTORY.alerts, alertAt(121, 'fall'), alertAt(3, 'fall')]);
    await archive.saveMedication(entryAt(70, 'half an hour late'));
    const facts = await gatherFacts(archive, PERIOD, ['fall'], FOUND_FROM);
    const { id: _, kind, ...tremor } = statisticNow(facts, 'tremor');
    expect(kind).toBe('statistic');
    expect(tremor).toEqual({
      condition: 'tremor',
      fromMs: PERIOD.fromMs,
      toMs: PERIOD.toMs,
      ...{ windows: 10, assessable: 9, positive: 6 },
      meanProbability: expect.closeTo(5 / 9, 9),
    });
    expect(facts.items.get('statistic:tremor:before')).toMatchObject({
      windows: 6,
      assessable: 6,
      positive: 0,
    });
    expect(facts.windowsOf.get('statistic:tremor:before')).toHaveLength(6);
    expect(statisticNow(facts, 'rigidityProxy')).toMatchObject({ assessable: 0, meanProbability: null });
    expect([...facts.items.keys()].filter((id) => /^(alert|medication)/.test(id))).toEqual([
      `alert:sustained-tremor:${FIRST_MS + 65 * MINUTE_MS}`,
      `alert:sustained-tremor:${FIRST_MS + 61 * MINUTE_MS}`,
      'medication:m70',
    ]);
    expect([...facts.items.keys()].filter((id) => id.startsWith('window:'))).toHaveLength(10);
    expect(facts.items.has(`window:${far.startMs}`)).toBe(false);
    expect(JSON.stringify([...facts.items.values()])).not.toMatch(/levodopa|late/);
  });

  describe('know of a fall that speaks against an exercise', () => {
    const LIBRARY = loadLibrary();
    const HOUR = 60;
    const DAY = 24 * HOUR;
    /** Minutes from the end of the period. */
    const fallAt = (minute: number, over: Partial<Alert> = {}) =>
      alertAt(120 + minute, 'fall', { state: 'confirmed', ...over });
    const noticesOf = (count: number, rule: string, state: Alert['state']) =>
      Array.from({ length: count }, (_, at) => alertAt(119 - at / 2, rule, { state }));
    const alertedBy = async (...alerts: Alert[]) => {
      const archive = new MemoryArchive();
      await archive.saveWindows(HISTORY.now);
      await archive.saveAlerts(alerts);
      const facts = await gatherFacts(archive, PERIOD, rulesAgainst(LIBRARY), FOUND_FROM);
      return { facts, exercises: retrieveExercises(LIBRARY, facts, 100) };
    };
    const afterFall = (found: Awaited<ReturnType<typeof alertedBy>>) =>
      found.exercises.filter(({ exercise: { contraindications } }) =>
        contraindications.some(({ alertRule }) => alertRule === 'fall'),
      );

    it.each([
      ['within the period', [fallAt(-30)]],
      ['shortly before it', [fallAt(-HOUR - 5)]],
      ['days ago', [fallAt(-6 * DAY)]],
      ['when the period was over', [fallAt(2)]],
      ['that is not settled yet', [fallAt(-2 * HOUR, { state: 'raised' })]],
      [
        'behind more notices than are read',
        [fallAt(-59.5), ...noticesOf(RETRIEVED_MAX.alerts + 10, 'sustained-tremor', 'raised')],
      ],
      [
        'behind any number of falls that were none',
        [fallAt(-3 * HOUR), ...noticesOf(RETRIEVED_MAX.alerts + 10, 'fall', 'withdrawn')],
      ],
    ])('%s', async (_, alerts) => {
      const found = await alertedBy(...alerts);
      expect(found.facts.alerted).toContain('fall');
      expect(afterFall(found)).toEqual([]);
      expect(found.exercises.length).toBeGreaterThan(5);
    });

    it.each([
      ['none of weeks ago', [fallAt(-8 * DAY)]],
      ['none that was withdrawn', [fallAt(-30, { state: 'withdrawn' })]],
      ['none of somebody else', [fallAt(-30, { patient: 'ben' })]],
    ])('and %s', async (_, alerts) => {
      const found = await alertedBy(...alerts);
      expect([...found.facts.alerted]).toEqual([]);
      expect(afterFall(found).length).toBeGreaterThan(2);
    });
  });

  it('have no alert that was withdrawn, and say of what there is more than was read', () => {
    const alerts = Array.from({ length: RETRIEVED_MAX.alerts + 1 }, (_, i) =>
      alertAt(60 + i / 10, 'fall', i === 0 ? { state: 'withdrawn' } : {}),
    );
    const facts = factsOf(PERIOD, { now: [], before: [], alerts, medication: [], standing: [] }, FOUND_FROM);
    expect([...facts.items.values()].filter(({ kind }) => kind === 'alert')).toHaveLength(
      RETRIEVED_MAX.alerts - 1,
    );
    expect([...facts.more]).toEqual(['alert']);
  });

  it('count a condition as found from where the model says that assessed the window', () => {
    const { file } = builtInModel(MODEL_VERSION);
    const withThreshold = (version: string, windowThreshold: number): ModelFile => ({
      ...{ ...file, version },
      windowHeads: { ...file.windowHeads, freezing: { ...file.windowHeads.freezing, windowThreshold } },
    });
    const by = (model: string, minute: number, freezing: number): WindowDocument => {
      const document = windowOf(minute, { freezing });
      return { ...document, assessment: { ...document.assessment, model } };
    };
    const now = [by('other-1', 60, 0.15), by('other-1', 61, 0.45), by('third-1', 62, 0.15)];
    const positive = (...files: Parameters<typeof foundFrom>) =>
      statisticNow(
        factsOf(PERIOD, { now, before: [], alerts: [], medication: [], standing: [] }, foundFrom(...files)),
        'freezing',
      ).positive;
    expect(positive(file)).toBe(3);
    expect(positive(withThreshold('other-1', 300))).toBe(1);
    expect(positive(withThreshold('other-1', 300), withThreshold('third-1', 150))).toBe(2);
    expect(positive(withThreshold('other-1', 900))).toBe(0);
  });
});
