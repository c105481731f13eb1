import { describe, expect, it } from 'vitest';
import { createManualClock } from '../observe/manual-clock.fixture.ts';
import type { ReadingLog, Watermark } from './reading-log.ts';
import { WatermarkLoader } from './watermark-loader.ts';

const watermarkOf = (device: number): Watermark => ({ boot: device, seq: 10, startMs: 0 });

/** A loader, and the questions that its log was asked, which the test answers. */
function open() {
  const clock = createManualClock();
  const questions: { devices: readonly number[]; answer(): void; fail(): void }[] = [];
  const watermarksOf = (devices: readonly number[]) =>
    new Promise<Map<number, Watermark>>((resolve, reject) => {
      const answer = () => resolve(new Map(devices.map((device) => [device, watermarkOf(device)])));
      questions.push({ devices, answer, fail: () => reject(new Error('away')) });
    });
  const loader = new WatermarkLoader({ watermarksOf } as unknown as ReadingLog, clock);
  const found: [device: number, watermark: Watermark | undefined][] = [];
  const load = (device: number) => {
    const told = (watermark: Watermark | undefined) => found.push([device, watermark]);
    loader.load(device, told);
    return () => loader.forget(device, told);
  };
  const pass = async (ms = 0) => {
    clock.passMs(ms);
    await new Promise((resolve) => setImmediate(resolve));
    clock.passMs(0);
  };
  return { load, questions, found, pass };
}

describe('the watermarks of devices that connect', () => {
  it('are asked for together, and told to each of them', async () => {
    const { load, questions, found, pass } = open();
    for (const device of [1, 2, 1]) load(device);
    await pass();
    expect(questions.map(({ devices }) => devices)).toEqual([[1, 2]]);
    questions[0]!.answer();
    await pass();
    expect(found).toEqual([1, 1, 2].map((device) => [device, watermarkOf(device)]));
  });

  it('are those of their own question, also while another is under way', async () => {
    const { load, questions, found, pass } = open();
    load(1);
    await pass();
    load(2);
    await pass(100);
    expect(questions.map(({ devices }) => devices)).toEqual([[1]]);
    questions[0]!.answer();
    await pass();
    expect(found).toEqual([[1, watermarkOf(1)]]);
    expect(questions.map(({ devices }) => devices)).toEqual([[1], [2]]);
    questions[1]!.answer();
    await pass();
    expect(found).toEqual([1, 2].map((device) => [device, watermarkOf(device)]));
  });

  it('are asked for again when the log was away, and no more for those who have gone', async () => {
    const { load, questions, found, pass } = open();
    load(1);
    const forget = load(2);
    await pass();
    questions[0]!.fail();
    await pass();
    forget();
    load(3);
    await pass(1000);
    expect(questions.map(({ devices }) => devices)).toEqual([
      [1, 2],
      [1, 3],
    ]);
    questions[1]!.answer();
    await pass();
    expect(found).toEqual([1, 3].map((device) => [device, watermarkOf(device)]));
  });

  it('are told to nobody who has gone meanwhile', async () => {
    const { load, questions, found, pass } = open();
    const forget = load(1);
    load(1);
    await pass();
    forget();
    questions[0]!.answer();
    await pass();
    expect(found).toEqual([[1, watermarkOf(1)]]);
    await pass(10_000);
    expect(questions).toHaveLength(1);
  });
});
