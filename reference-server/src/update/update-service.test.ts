import { FrameKind } from '@gaitway/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeviceClient, Harness, until } from '../gateway/running-server.fixture.ts';
import { frameOf } from '../ingest/frames.fixture.ts';
import { WAVE_DEFAULT, type WavePlan } from './wave-plan.ts';

const PLAN: WavePlan = {
  ...WAVE_DEFAULT,
  from: 0x1000,
  to: { firmware: 0x1040, hash: 0x0badcafe },
  groups: [1],
  groupMs: 1,
};
const OFFER = { command: 'update_offer', firmware: 0x1040, hash: '0badcafe' };

const offersTo = ({ commands }: DeviceClient): unknown[] =>
  commands.filter(({ command }) => command === 'update_offer');

describe('the update wave of a running server', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = new Harness();
  });
  afterEach(() => harness.end());

  it('offers the version to a device that runs the old one, and counts it when it runs the new one', async () => {
    const server = await harness.start({ updateWave: PLAN });
    const device = await harness.device(server, 7);
    const other = await harness.device(server, 8);
    await device.report({ firmware: 0x1000 });
    await other.report({ firmware: 0x0fc0 });
    await until(() => offersTo(device).length > 0);
    expect(offersTo(device)).toEqual([OFFER]);
    await device.report({ firmware: 0x1040 });
    await until(async () =>
      (await server.metricsText()).includes('gaitway_update_devices{fate="confirmed"} 1'),
    );
    // It runs neither of the two.
    expect(offersTo(other)).toEqual([]);
  });

  it('is refused with what is wrong, field by field', async () => {
    const plan = { ...PLAN, groups: [0.5, 0.1], failedShareMax: 1, groupMs: 0, image: new Uint8Array(9) };
    await expect(harness.start({ updateWave: plan })).rejects.toThrow(
      /groups: .*failedShareMax: .*groupMs: .*image: its hash is not to\.hash \(0badcafe\)/,
    );
    const long = { ...PLAN, from: 0x1040, image: new Uint8Array(40_000) };
    await expect(harness.start({ updateWave: long })).rejects.toThrow(/to\.firmware: .*image: 40000 bytes/);
  });

  it('counts a device as failed that comes back with the old program, also after a restart of the server', async () => {
    const dataFolder = harness.folder();
    const first = await harness.start({ updateWave: PLAN, dataFolder });
    const device = await harness.device(first, 7);
    await device.report({ firmware: 0x1000 });
    await until(() => offersTo(device).length > 0);
    await first.stop();
    // Nobody names the wave a second time.
    const second = await harness.start({ dataFolder });
    const again = await harness.device(second, 7);
    await until(() => offersTo(again).length > 0);
    const boot = {
      kind: FrameKind.boot,
      device: 7,
      firmware: 0x1000,
      boot: 2,
      seq: 0,
      startMs: Date.now() - 500,
    };
    // Its payload begins with the cause of the start: 2 is an external reset.
    expect(await again.say(frameOf({ ...boot, fill: 2 }))).toMatchObject({ boot: 2, seq: 0 });
    await until(async () => (await second.metricsText()).includes('gaitway_update_devices{fate="failed"} 1'));
  });
});
