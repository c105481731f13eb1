import { Placement, ResetCause } from '@gaitway/contract';
import { reportedBatteryMv } from '../board/battery-converter.ts';
import { HonestServer } from '../twin/honest-server.fixture.ts';
import { TickedDevice } from '../twin/ticked-device.ts';
import { EDGE_SLOT_TICKS, EDGE_SLOTS } from './edge-slots.fixture.ts';
import type { Step, Trace } from './trace.fixture.ts';

const EPOCH_MS = 1_700_000_000_000;
const BATTERY_MV = 3700;
const ACCEL_RANGE = 2;
/** Counts of 1 g. */
const G = 4096;

/** A life as it is written down; what is left out is the usual. */
interface RareLife {
  ticks: number;
  slotMs: number;
  placement?: Placement;
  /** Writes the six values of a tick. */
  sample?: (tick: number, into: Int16Array) => void;
  /** 0.1 ms, as the hub finds them; without it there is no hub. */
  pulse?: (tick: number) => number;
  /** By tick: at most one step. A start's next one tells the time. */
  after?: ReadonlyMap<number, Step>;
  /** The first tick behind which the modem says that it is connected. */
  linkUpTick?: number;
}

/** A server stores each frame at once, and its answer comes after the next tick that has room: a message lets one frame go. */
function livedBy(life: RareLife, imageHash = 0x5eed): Trace {
  const { ticks, slotMs, linkUpTick = 4 } = life;
  const settings = {
    device: 77,
    boot: 7,
    firmware: 0x1000,
    imageHash,
    placement: life.placement ?? Placement.shank,
    accelRange: ACCEL_RANGE,
    gyroRange: 2,
    mode: 'features' as const,
    slotMs,
    hasHub: life.pulse !== undefined,
  };
  const trace: Trace = {
    settings,
    ticks,
    samples: new Int16Array(6 * ticks),
    answers: new Uint8Array(ticks).fill(1),
    pulses: Int32Array.from({ length: life.pulse === undefined ? 0 : ticks }, (_, tick) => life.pulse!(tick)),
    batteryMv: [{ fromTick: -1, batteryMv: BATTERY_MV }],
    after: new Map(),
  };
  const server = new HonestServer();
  const answers: Step[] = [];
  const device = new TickedDevice(settings, (_, bytes) => {
    answers.push({ do: 'message', message: { type: 'acknowledged', ...server.receive(bytes) } });
  });
  device.batteryMv = reportedBatteryMv(BATTERY_MV);
  device.start(ResetCause.powerOn);
  let syncTick = linkUpTick + 2;
  for (let tick = 0; tick < ticks; tick++) {
    const sample = trace.samples.subarray(6 * tick, 6 * tick + 6);
    life.sample?.(tick, sample);
    device.tick(sample, trace.pulses[tick]);
    let step = life.after?.get(tick);
    if (step?.do === 'start') syncTick = Math.max(tick + 3, linkUpTick + 2);
    else if (tick === linkUpTick) step = { do: 'message', message: { type: 'linkUp' } };
    else if (tick === syncTick)
      step = { do: 'message', message: { type: 'timeSync', epochMs: EPOCH_MS + 20 * tick } };
    step ??= answers.shift();
    if (step === undefined) continue;
    trace.after.set(tick, [step]);
    if (step.do === 'message') device.take(step.message);
    else if (step.do === 'start') device.start(step.cause);
  }
  return trace;
}

const rest = (into: Int16Array): void => into.set([0, 0, G, 30, 30, 30]);

/** One after the other, with a slot of rest behind each. */
const edgeSlots: RareLife = {
  ticks: 2 * EDGE_SLOT_TICKS * EDGE_SLOTS.length + 10,
  slotMs: 1000,
  sample: (tick, into) => {
    const slot = Math.floor(tick / EDGE_SLOT_TICKS);
    rest(into);
    if (slot % 2 === 0) EDGE_SLOTS[slot / 2]?.(tick % EDGE_SLOT_TICKS, into);
  },
};

/** Beats of a slot of 50 ticks: by tick, with their intervals. */
const HEART_SLOTS: readonly ReadonlyMap<number, number>[] = [
  // Nothing: the hub is set up.
  new Map(),
  // 154.4999 beats a minute.
  new Map([
    [15, 3880],
    [23, 3887],
  ]),
  // The squares of their differences are 19^2 + 6^2 + 1 + 1 = 399: one less than half a unit.
  new Map([
    [11, 8000],
    [15, 8019],
    [19, 8025],
    [23, 8026],
    [27, 8027],
  ]),
];
const HEART_SLOT_TICKS = 50;
const LONG_SLOT_TICK = HEART_SLOT_TICKS * HEART_SLOTS.length;
const LONG_SLOT_TICKS = 650;

/** Hearts at a half of a unit, and one with more beats than a frame can count, of which the last ones are slow. */
const edgeHearts: RareLife = {
  ticks: LONG_SLOT_TICK + LONG_SLOT_TICKS + 20,
  slotMs: 20 * HEART_SLOT_TICKS,
  sample: (_, into) => rest(into),
  pulse: (tick) => {
    if (tick >= LONG_SLOT_TICK) return tick < LONG_SLOT_TICK + 500 ? 3000 : 20_000;
    return HEART_SLOTS[Math.floor(tick / HEART_SLOT_TICKS)]!.get(tick % HEART_SLOT_TICKS) ?? 0;
  },
  after: new Map([
    [
      LONG_SLOT_TICK - 10,
      { do: 'message', message: { type: 'rate', slotMs: 20 * LONG_SLOT_TICKS } } satisfies Step,
    ],
  ]),
};

/** Ticks from a start to its impacts. Of the half seconds before one that comes in the third, one was never there. */
const IMPACTS: readonly (readonly number[])[] = [
  [50],
  [60],
  [74],
  [75],
  [0, 60],
  [0, 74],
  [1, 99],
  [0, 120],
  [49],
];
const START_EVERY_TICKS = 300;

/** Falls soon after a start; some while an impact of the first tick, which has no direction before it, is looked at. */
const earlyFalls: RareLife = {
  ticks: START_EVERY_TICKS * IMPACTS.length,
  slotMs: 5000,
  placement: Placement.wrist,
  sample: (tick, into) => {
    const impacts = IMPACTS[Math.floor(tick / START_EVERY_TICKS)]!;
    const at = tick % START_EVERY_TICKS;
    if (impacts.includes(at)) into.set([-3 * G - 50, 0, 0, 9000, 0, 0]);
    // Means that one count more takes over a limit of their quarters.
    else into.set(at < impacts.at(-1)! ? [0, 1002, 2003, 30, 30, 30] : [2501, 103, 2007, 30, 30, 30]);
  },
  after: new Map(
    IMPACTS.slice(1).map((_, i) => [
      START_EVERY_TICKS * (i + 1) - 1,
      { do: 'start', cause: i % 2 === 0 ? ResetCause.external : ResetCause.brownOut } satisfies Step,
    ]),
  ),
};

/** Slots on either side of the 255 samples that a frame can count, one after the other: the first one by its settings. */
const LONG_SLOTS_TICKS = [255, 256, 257, 254] as const;

const longSlots: RareLife = {
  ticks: LONG_SLOTS_TICKS.reduce((sum, ticks) => sum + ticks, 20),
  slotMs: 20 * LONG_SLOTS_TICKS[0],
  sample: (tick, into) => into.set([40 * (tick % 25), -900, G, 300 * (tick % 7), 30, -30]),
  after: new Map(
    LONG_SLOTS_TICKS.slice(1).map((ticks, i): [number, Step] => [
      LONG_SLOTS_TICKS.slice(0, i + 1).reduce((sum, each) => sum + each, -20),
      { do: 'message', message: { type: 'rate', slotMs: 20 * ticks } },
    ]),
  ),
};

/** More than the count of given-up frames holds. */
const DROPS_TICKS = 65_600;

/** Without a link for 22 minutes, one frame a tick; then a start, whose boot frame tells how many were given up. */
const manyDrops: RareLife = {
  ticks: DROPS_TICKS + 60,
  slotMs: 20,
  after: new Map<number, Step>([
    [DROPS_TICKS, { do: 'start', cause: ResetCause.brownOut }],
    // Before the boot frame is given up, too.
    [DROPS_TICKS + 1, { do: 'message', message: { type: 'rate', slotMs: 5000 } }],
  ]),
  linkUpTick: DROPS_TICKS + 3,
};

/**
 * Lives of what seeded ones hardly ever meet, each for changes of the twin that nothing else tells (`mutation.test.ts`). All of them
 * are lives of a chip with its line, too.
 */
export const RARE_LIVES: Readonly<Record<string, (imageHash?: number) => Trace>> = {
  'signals at the edges of the arithmetic': (imageHash) => livedBy(edgeSlots, imageHash),
  'hearts at the edges of the arithmetic': (imageHash) => livedBy(edgeHearts, imageHash),
  'falls soon after a start': (imageHash) => livedBy(earlyFalls, imageHash),
  'slots around the most samples that are counted': (imageHash) => livedBy(longSlots, imageHash),
};

/** One more, of 22 minutes. */
export const LONG_RARE_LIVES: typeof RARE_LIVES = {
  'more drops than are counted': (imageHash) => livedBy(manyDrops, imageHash),
};
