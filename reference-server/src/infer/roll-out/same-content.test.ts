import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryArchive } from '../../archive/memory-archive.ts';
import { Harness, settingsFor } from '../../gateway/running-server.fixture.ts';
import { createManualClock } from '../../observe/manual-clock.fixture.ts';
import { createNullMeter } from '../../observe/null-meter.ts';
import { createStageTimer } from '../../observe/stage-timer.ts';
import { realClock } from '../../real-clock.ts';
import { openStores } from '../../stores/stores.ts';
import { blindSlotHead, candidate } from '../candidates.fixture.ts';
import { builtInModel } from '../load-model.ts';
import type { Model } from '../model.ts';
import { MODEL_VERSION } from '../model-names.ts';
import { ROLL_OUT_LIMITS_DEFAULT } from './guard.ts';
import { RolledOutModels } from './rolled-out-models.ts';
import { contentSha256 } from './same-content.ts';

const THIRD = candidate();
/** Another file under the same version. */
const MENDED = blindSlotHead(0);

function over(archive: MemoryArchive, second: Model) {
  const warnings: string[] = [];
  const clock = createManualClock(1_700_000_000_000);
  const models = new RolledOutModels({
    ...{ current: builtInModel(MODEL_VERSION), candidate: second, archive, clock },
    ...{ meter: createNullMeter(), stages: createStageTimer(() => 0), limits: ROLL_OUT_LIMITS_DEFAULT },
    warn: (says) => warnings.push(says),
  });
  return { models, warnings };
}

describe('a version', () => {
  it('is kept with the content of the file that began its roll-out', async () => {
    const archive = new MemoryArchive();
    await over(archive, THIRD).models.tend();
    const { contentSha256: kept } = (await archive.rollOut('third-1'))!;
    expect(kept).toBe(contentSha256(THIRD.file));
    expect(kept).not.toBe(contentSha256(MENDED.file));
  });

  it.each(['running', 'complete', 'stopped'] as const)(
    'whose roll-out is %s speaks by no other file, and that is said',
    async (state) => {
      const archive = new MemoryArchive();
      const steps = [{ fromMs: 0, share: 1 }];
      const known = { candidate: 'third-1', contentSha256: contentSha256(THIRD.file), revision: 1, steps };
      await archive.saveRollOut({ ...known, state });
      const { models } = over(archive, MENDED);
      await expect(models.tend()).rejects.toThrow(
        new RegExp(
          `^The model file of version 'third-1' has other content \\(SHA-256 [0-9a-f]{12}\\.\\.\\.\\) than the one whose roll-out under this version is ${state} in the archive .* Give its field 'version' a name of its own`,
        ),
      );
      expect(() => models.modelsFor('p1', 0)).toThrow('how far the roll-out is');
      await expect(over(archive, THIRD).models.tend()).resolves.toBeUndefined();
    },
  );

  it('is that of one file when two begin at once', async () => {
    const archive = new MemoryArchive();
    const [one, other] = [over(archive, THIRD), over(archive, MENDED)];
    const ended = await Promise.allSettled([one.models.tend(), other.models.tend()]);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('of a record that knows no content is from then on that of who reads it first', async () => {
    const archive = new MemoryArchive();
    await archive.saveRollOut({ candidate: 'third-1', revision: 1, steps: [], state: 'complete' });
    const { models, warnings } = over(archive, THIRD);
    await models.tend();
    expect(warnings[0]).toMatch(/no content was kept: this file \(SHA-256 [0-9a-f]{64}\) is taken for/);
    expect(await archive.rollOut('third-1')).toMatchObject({ revision: 2, state: 'complete' });
    await expect(over(archive, MENDED).models.tend()).rejects.toThrow('other content');
  });

  it('whose roll-out is over is told of when it starts', async () => {
    const archive = new MemoryArchive();
    const known = { candidate: 'third-1', contentSha256: contentSha256(THIRD.file), steps: [] };
    await archive.saveRollOut({ ...known, revision: 1, state: 'complete' });
    const complete = over(archive, THIRD);
    await complete.models.tend();
    expect(complete.warnings).toEqual([
      expect.stringContaining('third-1 is complete: it speaks of everybody'),
    ]);
    await archive.saveRollOut({ ...known, revision: 2, state: 'stopped', because: 'driftIndex is 0.4' });
    const stopped = over(archive, THIRD);
    await stopped.models.tend();
    await stopped.models.tend();
    expect(stopped.warnings).toEqual([
      'the roll-out of model third-1 was stopped and taken back: driftIndex is 0.4; it speaks of nobody until a mended file has a version of its own',
    ]);
  });
});

describe('a server', () => {
  const harness = new Harness();
  afterEach(() => harness.end(), 60_000);

  it('does not start with another file under a version that was rolled out, in whatever role the file is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gaitway-same-'));
    harness.later(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'third.json');
    const write = ({ file: content }: Model) => writeFileSync(file, JSON.stringify(content));
    const dataFolder = join(folder, 'data');
    const rollOut = { dataFolder, candidateFile: file, candidateUse: 'roll-out' } as const;
    const stores = await openStores(settingsFor({ dataFolder }), realClock, createNullMeter());
    const known = { candidate: 'third-1', contentSha256: contentSha256(THIRD.file), revision: 1, steps: [] };
    await stores.archive.saveRollOut({ ...known, state: 'complete' });
    await stores.close();
    write(THIRD);
    const first = await harness.start(rollOut);
    await first.stop({ drainMs: 0 });
    write(MENDED);
    await expect(harness.start(rollOut)).rejects.toMatchObject({ code: 'model_changed' });
    await expect(harness.start({ dataFolder, modelFile: file })).rejects.toThrow('other content');
  });
});
