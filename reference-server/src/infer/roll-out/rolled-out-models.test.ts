import { CONDITIONS, Placement } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { MemoryArchive } from '../../archive/memory-archive.ts';
import { createManualClock } from '../../observe/manual-clock.fixture.ts';
import { createNullMeter } from '../../observe/null-meter.ts';
import { createStageTimer } from '../../observe/stage-timer.ts';
import {
  ALARMED,
  blindSlotHead,
  blindWindowHead,
  candidate,
  ESTRANGED,
  SILENT,
  UNDECIDED,
} from '../candidates.fixture.ts';
import { builtInModel } from '../load-model.ts';
import type { Model } from '../model.ts';
import { MODEL_VERSION } from '../model-names.ts';
import { playWindow, WINDOW_MS } from '../windows.fixture.ts';
import { type GuardedFigure, ROLL_OUT_LIMITS_DEFAULT, type RollOutLimits } from './guard.ts';
import { isChosen, ROLL_OUT_LEAD_MS, ROLL_OUT_SHARES } from './roll-out.ts';
import { RolledOutModels } from './rolled-out-models.ts';

const PATIENTS = 1000;
const PATIENT_NAMES = Array.from({ length: PATIENTS }, (_, i) => `p${i}`);
const ALL = 1e9;
/** The scenes of the fixture are no sample of the patients that the model knows. */
const LIMITS: RollOutLimits = { ...ROLL_OUT_LIMITS_DEFAULT, driftIndex: ALL };

/** Some instances over one archive, and time. */
function fleet(model: Model, limits = LIMITS, nowMs = () => 0) {
  const clock = createManualClock(1_700_000_000_000);
  const archive = new MemoryArchive();
  const warnings: string[] = [];
  const meter = createNullMeter();
  const instance = () =>
    new RolledOutModels({
      ...{ current: builtInModel(MODEL_VERSION), candidate: model, archive, clock, meter, limits },
      stages: createStageTimer(nowMs),
      warn: (says) => warnings.push(says),
    });
  const instances = [instance(), instance()];
  const versionsAt = (one: RolledOutModels, startMs: number) =>
    PATIENT_NAMES.map((patient) => one.modelsFor(patient, startMs).model.version);
  return {
    ...{ clock, archive, warnings, meter, instance, instances, versionsAt },
    /** The instances ask, and the step that is to come is there. */
    async pass(ms = ROLL_OUT_LEAD_MS + 5000) {
      clock.passMs(ms);
      for (const one of instances) await one.tend();
    },
    /** Windows of all patients, each at the instance that has them. */
    play(windowsOfEach: number, placement: Placement = Placement.wrist) {
      const fromMs = Math.ceil(clock.epochMs() / WINDOW_MS) * WINDOW_MS;
      for (let patient = 0; patient < PATIENTS; patient++) {
        const one = instances[patient % 2]!;
        // Nobody compares the windows of which the current model speaks alone.
        if (one.modelsFor(`p${patient}`, fromMs).second === undefined) continue;
        for (let window = 0; window < windowsOfEach; window++)
          playWindow(one, patient, fromMs + window * WINDOW_MS, placement);
      }
    },
    shareNow: () =>
      versionsAt(instances[0]!, clock.epochMs()).filter((version) => version === 'third-1').length / PATIENTS,
  };
}

describe('a roll-out', () => {
  it('chooses by hash of the patient: whoever has it at 10 % has it at 50 %', () => {
    const chosen = (share: number) => PATIENT_NAMES.filter((patient) => isChosen(patient, 'third-1', share));
    expect(chosen(0)).toEqual([]);
    expect(chosen(1)).toEqual(PATIENT_NAMES);
    expect(Math.abs(chosen(0.1).length - 100)).toBeLessThan(30);
    expect(Math.abs(chosen(0.5).length - 500)).toBeLessThan(50);
    expect(chosen(0.5)).toEqual(expect.arrayContaining(chosen(0.1)));
    const other = PATIENT_NAMES.filter((patient) => isChosen(patient, 'fourth-1', 0.1));
    expect(other).not.toEqual(chosen(0.1));
  });

  it('goes from 10 to 50 to 100 % while its figures stay within their limits, equal on all instances', async () => {
    const { pass, play, shareNow, instances, versionsAt, clock, archive, instance, warnings } = fleet(
      candidate(),
    );
    await pass(0);
    expect(shareNow()).toBe(0);
    await pass();
    for (const share of ROLL_OUT_SHARES) {
      expect(Math.abs(shareNow() - share)).toBeLessThan(0.05);
      expect(versionsAt(instances[1]!, clock.epochMs())).toEqual(versionsAt(instances[0]!, clock.epochMs()));
      // A few of 1,000 patients: the first instance that has 500 windows takes the next step.
      play(Math.ceil(1100 / (share * PATIENTS)) + 1);
      await pass();
      await pass();
    }
    expect(await archive.rollOut('third-1')).toMatchObject({ state: 'complete' });
    const after = instance();
    await after.tend();
    for (const one of instances) {
      expect(versionsAt(after, clock.epochMs())).toEqual(versionsAt(one, clock.epochMs()));
      // And of a window of long ago, that is read again, it says what was said then.
      const agoMs = clock.epochMs() - 3 * ROLL_OUT_LEAD_MS;
      expect(versionsAt(after, agoMs)).toEqual(versionsAt(one, agoMs));
    }
    expect(warnings).toEqual([expect.stringContaining('is complete: it speaks of everybody')]);
  });

  it('counts no window that was opened before its step: of that it was not the share that is judged', async () => {
    const { pass, play, shareNow, instances, clock } = fleet(candidate());
    await pass(0);
    await pass(2 * WINDOW_MS);
    const beforeMs = Math.floor(clock.epochMs() / WINDOW_MS) * WINDOW_MS;
    play(12);
    await pass();
    await pass();
    expect(Math.abs(shareNow() - 0.5)).toBeLessThan(0.05);
    for (let patient = 0; patient < PATIENTS; patient++)
      for (let window = 0; window < 12; window++)
        playWindow(instances[patient % 2]!, patient, beforeMs, Placement.wrist);
    await pass();
    await pass();
    expect(Math.abs(shareNow() - 0.5)).toBeLessThan(0.05);
    play(4);
    await pass();
    await pass();
    expect(shareNow()).toBe(1);
  });

  const planted: [
    figure: GuardedFigure,
    model: Model,
    limits: Partial<RollOutLimits>,
    nowMs?: () => number,
  ][] = [
    ['calibrationError', UNDECIDED, {}],
    ['alertRate', ALARMED, { calibrationError: ALL }],
    ['silentShare', SILENT, {}],
    ['driftIndex', ESTRANGED, { driftIndex: 0.25 }],
    (() => {
      let looks = 0;
      return ['microsPerWindow', candidate(), {}, () => ++looks];
    })(),
  ];
  it.each(planted)(
    'is stopped and taken back, for all instances, by a bad %s',
    async (figure, model, limits, nowMs) => {
      const { pass, play, shareNow, archive, instance, versionsAt, clock, warnings, meter } = fleet(
        model,
        { ...LIMITS, ...limits },
        nowMs,
      );
      await pass(0);
      await pass();
      expect(shareNow()).toBeGreaterThan(0.05);
      play(2);
      await pass();
      expect(shareNow(), 'too few windows say nothing').toBeGreaterThan(0.05);
      play(12);
      await pass();
      await pass();
      expect(shareNow()).toBe(0);
      const after = instance();
      await after.tend();
      expect(new Set(versionsAt(after, clock.epochMs()))).toEqual(new Set([MODEL_VERSION]));
      expect(await archive.rollOut('third-1')).toMatchObject({
        state: 'stopped',
        because: expect.stringContaining(figure),
      });
      expect(meter.countOf('rollOutsStopped', { figure })).toBe(1);
      expect(warnings).toEqual([
        expect.stringContaining(`third-1 is stopped and taken back: ${figure}`),
        expect.stringContaining(`third-1 was stopped and taken back: ${figure}`),
      ]);
      await pass();
      play(12);
      await pass();
      expect(shareNow()).toBe(0);
    },
  );

  const { shank, wrist } = Placement;
  const blind: [what: string, model: Model, placement: Placement, missed: string][] = [];
  builtInModel(MODEL_VERSION).file.slotHeads.forEach(({ condition, placements: [name] }, i) => {
    const placement = name === 'wrist' ? wrist : shank;
    blind.push([`slots of ${condition} at the ${name}`, blindSlotHead(i), placement, `at the ${name}`]);
  });
  for (const condition of CONDITIONS) {
    const placement = condition === 'freezing' ? shank : wrist;
    blind.push([`windows of ${condition}`, blindWindowHead(condition), placement, `(${condition} at the`]);
  }
  it.each(process.env.GAITWAY_TEST === 'full' ? blind : blind.filter((_, index) => index % 4 === 0))(
    'is stopped when it is blind for %s, whatever its other figures may be',
    async (_, model, placement, missed) => {
      const others = { calibrationError: ALL, alertRate: ALL, silentShare: ALL };
      const { pass, play, shareNow, archive } = fleet(model, { ...LIMITS, ...others });
      await pass(0);
      await pass();
      play(18, placement);
      await pass();
      await pass();
      expect(shareNow()).toBe(0);
      const { state, because } = (await archive.rollOut('third-1'))!;
      expect({ state, because }).toEqual({
        state: 'stopped',
        because: expect.stringMatching(/^missedShare is 1 /),
      });
      expect(because).toContain(missed);
    },
  );

  it('waits while what is rare was found too seldom to say whether it is missed, says so once, and ends some time', async () => {
    const { pass, play, archive, warnings, meter } = fleet(candidate(), { ...LIMITS, windowsMost: 1500 });
    await pass(0);
    await pass();
    play(2, shank);
    play(12, wrist);
    await pass();
    await pass();
    expect(await archive.rollOut('third-1')).toMatchObject({ state: 'running', revision: 1 });
    // Both instances say it, each once.
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(
      /^the roll-out of model third-1 waits at 10 %: too few were seen in \d+ windows of freezing at the shank \(found in \d+ windows, 30 are needed\), .*; if that is so after 1500 windows, it is taken back$/,
    );
    play(20, wrist);
    play(1, shank);
    await pass();
    expect(await archive.rollOut('third-1')).toMatchObject({
      state: 'stopped',
      because: expect.stringMatching(/^too few were seen in \d+ windows of freezing at the shank/),
    });
    expect(meter.countOf('rollOutsStopped', { figure: 'tooFewOf' })).toBe(1);
  });

  it('lets nobody open a window before it is known how far it is', async () => {
    const { instance, archive } = fleet(candidate());
    const one = instance();
    expect(() => one.modelsFor('p1', 0)).toThrow('how far the roll-out is');
    const { rollOut } = archive;
    archive.rollOut = () => Promise.reject(new Error('away'));
    await expect(one.tend()).rejects.toThrow('away');
    archive.rollOut = rollOut;
    await one.tend();
    expect(one.modelsFor('p1', 0).model.version).toBe(MODEL_VERSION);
  });

  it('stands as it is while the archive does not answer, and no longer than another step takes to begin', async () => {
    const { pass, archive, clock, shareNow, warnings } = fleet(candidate());
    await pass(0);
    await pass();
    const { rollOut } = archive;
    archive.rollOut = () => Promise.reject(new Error('away'));
    await pass(ROLL_OUT_LEAD_MS);
    expect(shareNow()).toBeGreaterThan(0.05);
    clock.passMs(1);
    expect(shareNow()).toBe(0);
    await pass(5000);
    expect(warnings).toEqual([
      expect.stringMatching(/could not be read for 20 s: the current model/),
      expect.anything(),
    ]);
    archive.rollOut = rollOut;
    await pass(5000);
    expect(shareNow()).toBeGreaterThan(0.05);
    expect(warnings.slice(2)).toEqual(Array(2).fill(expect.stringContaining('can be read again')));
  });

  it('that is complete stands without an archive: no step follows', async () => {
    const { pass, archive, shareNow } = fleet(candidate());
    const steps = [{ fromMs: 0, share: 1 }];
    await archive.saveRollOut({ candidate: 'third-1', revision: 1, steps, state: 'complete' });
    await pass(0);
    archive.rollOut = () => Promise.reject(new Error('away'));
    await pass(10 * ROLL_OUT_LEAD_MS);
    expect(shareNow()).toBe(1);
  });

  it('that was stopped reaches an instance that cannot read of it', async () => {
    const { pass, play, archive, instances, versionsAt, clock } = fleet(ALARMED);
    await pass(0);
    await pass();
    const { rollOut } = archive;
    // The second instance reads nothing from now on; the first one plays enough to stop it.
    let asks = 0;
    archive.rollOut = (version) =>
      asks++ % 2 === 1 ? Promise.reject(new Error('away')) : rollOut.call(archive, version);
    play(20);
    await pass();
    await pass();
    expect(await rollOut.call(archive, 'third-1')).toMatchObject({ state: 'stopped' });
    for (const one of instances)
      expect(new Set(versionsAt(one, clock.epochMs()))).toEqual(new Set([MODEL_VERSION]));
  });

  it('takes no step before every placement that reports was looked at, nor before each condition was compared', async () => {
    const { pass, play, archive, instances, clock } = fleet(candidate());
    await pass(0);
    await pass();
    // A single window of a leg: nobody knows whether its drift, and what is said of freezing, is within the limits.
    const chosen = PATIENT_NAMES.findIndex((patient) => isChosen(patient, 'third-1', 0.1));
    const legMs = Math.ceil(clock.epochMs() / WINDOW_MS) * WINDOW_MS;
    for (const one of instances) playWindow(one, chosen, legMs, Placement.shank);
    play(12);
    await pass();
    await pass();
    const { models } = instances[0]! as unknown as { models: { figures(): { tooFewOf: string[] } } };
    expect(models.figures().tooFewOf).toEqual(expect.arrayContaining(['freezing', 'slots at the shank']));
    expect(await archive.rollOut('third-1')).toMatchObject({ state: 'running', revision: 1 });
  });
});
