import type { Alert, WindowDocument } from '@gaitway/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { documentOf } from '../archive/documents.fixture.ts';
import { MemoryArchive } from '../archive/memory-archive.ts';
import { builtInModel } from '../infer/load-model.ts';
import { MODEL_VERSION } from '../infer/model-names.ts';
import { WindowEpisodes } from './window-episodes.ts';

const BUILT_IN = builtInModel(MODEL_VERSION).file;
const shy = {
  ...BUILT_IN,
  version: 'shy-1',
  windowHeads: { ...BUILT_IN.windowHeads, tremor: { ...BUILT_IN.windowHeads.tremor, threshold: 950 } },
};
const GAP_MINUTES = 30;

let archive: MemoryArchive;
let asked: string[];
beforeEach(() => {
  archive = new MemoryArchive();
  asked = [];
  const { windowsAt } = archive;
  archive.windowsAt = (keys) => {
    asked.push(...keys.map(({ patient }) => patient));
    return windowsAt.call(archive, keys);
  };
});

/** What one process knows. */
const owner = () =>
  new WindowEpisodes(archive, ({ assessment: { model } }) => (model === shy.version ? shy : BUILT_IN));

/** A window of Ada with this tremor in every slot. */
function windowAt(minute: number, tremor = 900, over: Partial<WindowDocument> = {}): WindowDocument {
  const plain = documentOf('ada', minute);
  return { ...plain, slots: plain.slots.map((slot) => ({ ...slot, tremor })), ...over };
}

const minuteOf = ({ atMs }: Alert) => (atMs - documentOf('ada', 0).startMs) / 60_000;

/** Archives windows together, has these episodes asked about them, and saves what they raise; the minutes of it. */
async function raisedBy(episodes: WindowEpisodes, ...documents: WindowDocument[]): Promise<number[]> {
  await archive.saveWindows(documents);
  const alerts = await episodes.alertsOf(documents);
  await archive.saveAlerts(alerts);
  return alerts.map(minuteOf);
}
const saved = async () => (await archive.alerts({ scope: {}, limit: 100 })).map(minuteOf).reverse();
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('an episode', () => {
  it('is told of once, however long it lasts, and the archive is asked about its beginning only', async () => {
    const episodes = owner();
    for (const minute of minutes(0, 90)) await raisedBy(episodes, windowAt(minute));
    expect(await saved()).toEqual([0]);
    // The windows within the gap before the first one, and after it.
    expect(asked).toHaveLength(2 * GAP_MINUTES);
  });

  it('goes on after a pause of half an hour, and another one begins after a longer one', async () => {
    const episodes = owner();
    const trembles = [0, GAP_MINUTES, 2 * GAP_MINUTES + 1];
    for (const minute of minutes(0, 2 * GAP_MINUTES + 5))
      await raisedBy(episodes, windowAt(minute, trembles.includes(minute) ? 900 : 100));
    expect(await saved()).toEqual([0, 2 * GAP_MINUTES + 1]);
  });

  it('is one for each patient', async () => {
    const ben = { ...windowAt(1), patient: 'ben' };
    expect(await raisedBy(owner(), windowAt(0), ben)).toEqual([0, 1]);
  });

  it('is the same for whoever takes over at any of its windows', async () => {
    for (const minute of minutes(0, 30)) {
      const raised = await raisedBy(owner(), windowAt(minute, minute % 4 === 3 ? 100 : 900));
      expect(raised).toEqual(minute === 0 ? [0] : []);
    }
  });

  it('begins at the same window when its windows are archived together', async () => {
    const documents = minutes(0, 5).map((minute) => windowAt(minute));
    expect(await raisedBy(owner(), ...documents)).toEqual([0]);
    expect(await saved()).toEqual([0]);
  });

  it('has one alert also when a later window of it was written, and told of, first', async () => {
    const episodes = owner();
    expect(await raisedBy(episodes, windowAt(3), windowAt(4))).toEqual([3]);
    // Late, or of a write that a crash kept back; what it names is there already.
    expect(await raisedBy(episodes, windowAt(0))).toEqual([3]);
    expect(await raisedBy(owner(), windowAt(0))).toEqual([3]);
    expect(await saved()).toEqual([3]);
  });

  it('has one alert also when its first window trembles no more after it was amended', async () => {
    await raisedBy(owner(), windowAt(0));
    await archive.saveWindows([windowAt(0, 100, { revision: 2 })]);
    expect(await raisedBy(owner(), windowAt(1))).toEqual([0]);
    expect(await saved()).toEqual([0]);
  });

  it('is judged window by window by the threshold of the model that wrote it', async () => {
    const byShy = { assessment: { ...windowAt(0).assessment, model: shy.version } };
    expect(await raisedBy(owner(), windowAt(0, 900, byShy))).toEqual([]);
    // The window before is none by the model that wrote it, though it would be one by the model of this one.
    expect(await raisedBy(owner(), windowAt(1, 900))).toEqual([1]);
  });
});

describe('a crash', () => {
  it('before the alert was saved loses none: whoever reads the windows again raises the same one', async () => {
    const documents = [windowAt(0), windowAt(1), windowAt(2)];
    await archive.saveWindows(documents);
    expect((await owner().alertsOf(documents)).map(minuteOf)).toEqual([0]);
    const next = owner();
    expect(await raisedBy(next, windowAt(3))).toEqual([]);
    expect(await raisedBy(next, ...documents)).toEqual([0]);
    expect(await saved()).toEqual([0]);
  });

  it('after it was saved and before anybody was told has it named again, under the same id', async () => {
    await raisedBy(owner(), windowAt(0), windowAt(1));
    expect(await raisedBy(owner(), windowAt(0), windowAt(1))).toEqual([0]);
    expect(await saved()).toEqual([0]);
  });

  it('of the archive while it is asked leaves nothing behind: it can be asked again', async () => {
    const episodes = owner();
    await archive.saveWindows([windowAt(0)]);
    const { windowsAt } = archive;
    archive.windowsAt = () => Promise.reject(new Error('gone'));
    await expect(episodes.alertsOf([windowAt(0)])).rejects.toThrow('gone');
    archive.windowsAt = windowsAt;
    expect((await episodes.alertsOf([windowAt(0)])).map(minuteOf)).toEqual([0]);
  });
});

it('knows no more patients than tremble now', async () => {
  const episodes = owner();
  for (const minute of minutes(0, 8 * GAP_MINUTES))
    await raisedBy(episodes, { ...windowAt(minute), patient: `p${minute}` });
  const { newestMs } = episodes as unknown as { newestMs: Map<string, number> };
  expect(newestMs.size).toBeLessThanOrEqual(4 * GAP_MINUTES);
});
