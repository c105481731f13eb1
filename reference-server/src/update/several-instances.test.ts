import { FrameKind } from '@gaitway/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { type DeviceClient, Harness, until } from '../gateway/running-server.fixture.ts';
import { sharedStores } from '../gateway/shared-stores.fixture.ts';
import { frameOf } from '../ingest/frames.fixture.ts';
import type { RunningServer } from '../server.ts';
import type { ServerSettings } from '../settings.ts';
import { groupOf, WAVE_DEFAULT, type WavePlan } from './wave-plan.ts';

const redisUrl = process.env.GAITWAY_REDIS_URL;
const mongoUrl = process.env.GAITWAY_MONGO_URL;

const PLAN: WavePlan = {
  ...WAVE_DEFAULT,
  from: 0x1000,
  to: { firmware: 0x1040, hash: 0x0badcafe },
  groups: [0.5, 1],
  groupMs: 1000,
};
/** Numbers of devices, four of each group. */
const FIRST = numbersOf(0);
const SECOND = numbersOf(1);

function numbersOf(group: number): number[] {
  const numbers: number[] = [];
  for (let device = 1; numbers.length < 4; device++)
    if (groupOf(device, PLAN) === group) numbers.push(device);
  return numbers;
}

const isOffered = ({ commands }: DeviceClient): boolean =>
  commands.some(({ command }) => command === 'update_offer');

describe.runIf(redisUrl && mongoUrl)('an update wave of several instances on Redis and MongoDB', () => {
  const harness = new Harness();
  afterEach(() => harness.end());

  /** Instances that share stores of their own. */
  function instances(): (instance: string, over?: Partial<ServerSettings>) => Promise<RunningServer> {
    const stores = sharedStores(harness, redisUrl!, mongoUrl!);
    return (instance, over = {}) => harness.start({ ...stores, partitions: 2, instance, ...over });
  }

  const gauge = async (server: RunningServer, fate: string): Promise<number> =>
    Number(
      new RegExp(`gaitway_update_devices\\{fate="${fate}"\\} (\\d+)`).exec(await server.metricsText())?.[1],
    );

  it('goes from group to group over all of them, and goes on when one is gone', async () => {
    const start = instances();
    const [one, other] = await Promise.all([
      start('one', { updateWave: PLAN }),
      start('other', { updateWave: PLAN }),
    ]);
    const on = async (server: RunningServer, devices: number[], boot = 1) =>
      await Promise.all(
        devices.map(async (device) => {
          const client = await harness.device(server, device);
          await client.report({ firmware: 0x1000, boot });
          return client;
        }),
      );
    const first = [...(await on(one, FIRST.slice(0, 2))), ...(await on(other, FIRST.slice(2)))];
    const second = [...(await on(one, SECOND.slice(0, 2))), ...(await on(other, SECOND.slice(2)))];
    await until(() => first.every(isOffered));
    expect(second.some(isOffered)).toBe(false);
    for (const client of first.slice(1)) await client.report({ firmware: 0x1040 });
    await until(async () => (await gauge(one, 'confirmed')) === 3 && (await gauge(other, 'confirmed')) === 3);
    expect(second.some(isOffered)).toBe(false);

    // The instance of a device that is under way is gone, and with it whoever decided until now.
    await one.stop({ drainMs: 0 });
    const again = await on(other, [FIRST[0]!, ...SECOND.slice(0, 2)], 2);
    await until(() => isOffered(again[0]!));
    const boot = { device: FIRST[0]!, firmware: 0x1000, boot: 3, seq: 0, startMs: Date.now() - 500 };
    // Its payload begins with the cause of the start: 2 is an external reset.
    await again[0]!.say(frameOf({ ...boot, kind: FrameKind.boot, fill: 2 }));
    const rest = [...again.slice(1), ...second.slice(2)];
    await until(() => rest.every(isOffered));
    for (const client of rest) await client.report({ firmware: 0x1040, boot: 4 });
    await until(async () => (await gauge(other, 'confirmed')) === 7 && (await gauge(other, 'failed')) === 1);

    // One that comes later, and was not told of the wave, knows all of it.
    const later = await start('later');
    expect([
      await gauge(later, 'confirmed'),
      await gauge(later, 'failed'),
      await gauge(later, 'offered'),
    ]).toEqual([7, 1, 0]);
  });
});
