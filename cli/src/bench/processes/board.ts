import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ResetCause, SAMPLE_RATE_HZ } from '@gaitway/contract';
import { TickedDevice, type TickedDeviceSettings, Twin } from '@gaitway/firmware';
import {
  Board,
  Eeprom,
  type PulseSource,
  parseIntelHex,
  type SampleSource,
  SleepMode,
  settingsInEeprom,
} from '@gaitway/firmware/board';

/** What this process is asked to run, and how. */
export interface BoardOrder {
  type: 'run';
  device:
    | 'translated'
    | 'hub'
    | 'skip'
    | 'everyEvent'
    | 'none'
    | 'twin'
    | 'manyBoards'
    | 'manyTwins'
    | 'manyFleetTwins';
  boards: number;
  /** Virtual time before the measurement, and in it. */
  warmUpSeconds: number;
  seconds: number;
}

export interface BoardFigures {
  type: 'ran';
  frames: number;
  inRealTimePerCore: number;
  /** Of a board: cycles a second in which its chip was awake. */
  activeCyclesPerSecond?: number;
  /** JavaScript heap and buffers that one more adds, after it has sent its first frames. */
  kbPerDevice: number;
}

/** Of one that is not counted, so that code is there. */
const FIRST_SECONDS = 3;
/** Boards run in turns of so much virtual time, as where they are paced by the clock. */
const TURN_TICKS = 5;
const EPOCH_MS = 1_700_000_000_000;
const IMAGE = fileURLToPath(new URL('../../../../firmware/wearable/image/wearable.hex', import.meta.url));

/** One that can be run on. Every frame is acknowledged at once. */
interface Runner {
  runToTick(tick: number): void;
}

let frames = 0;

/** Somebody who shakes: cheap to make, and nothing that a filter has done with. */
const samples: SampleSource = (sampleNumber, into) => {
  for (let axis = 0; axis < 6; axis++) {
    const turn = (sampleNumber * (7 + axis)) % 50;
    into[axis] = (axis === 2 ? 4096 : 0) + 40 * (turn < 25 ? turn : 50 - turn);
  }
  return true;
};

/** A beat every 0.8 s. */
const pulses: PulseSource = (sampleNumber) => (sampleNumber % 40 === 0 ? 8000 : 0);

function createBoard(
  device: BoardOrder['device'],
  index: number,
  program: ReturnType<typeof parseIntelHex>,
): Runner & { board: Board } {
  const board: Board = new Board({
    program,
    samples,
    eeprom: new Eeprom(settingsInEeprom({ device: index + 1, hasHub: device === 'hub' })),
    ...(device === 'hub' ? { pulses } : {}),
    sleep:
      device === 'none' ? SleepMode.ignored : device === 'everyEvent' ? SleepMode.everyEvent : SleepMode.skip,
    translate: device === 'translated' || device === 'hub' || device === 'manyBoards',
    hooks: {
      onFrame: (_, bytes) => {
        frames += 1;
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        const boot = view.getUint16(8, true);
        board.deliver({ type: 'acknowledged', boot, seq: view.getUint32(12, true) }, board.tick + 1);
      },
    },
  });
  board.deliver({ type: 'linkUp' }, 2);
  board.deliver({ type: 'timeSync', epochMs: EPOCH_MS }, 3);
  return { board, runToTick: (tick) => board.runToTick(tick) };
}

const SETTINGS: TickedDeviceSettings = {
  device: 1,
  boot: 0xffff,
  firmware: 0x1000,
  imageHash: 0,
  placement: 1,
  accelRange: 2,
  gyroRange: 2,
  mode: 'features',
  slotMs: 5000,
};

function createTwin(index: number): Runner {
  let isAnswered = true;
  const twin = new TickedDevice({ ...SETTINGS, device: index + 1 }, () => {
    frames += 1;
    isAnswered = false;
  });
  twin.start(ResetCause.powerOn);
  twin.take({ type: 'linkUp' });
  twin.take({ type: 'timeSync', epochMs: EPOCH_MS });
  const sample = new Int16Array(6);
  let next = 0;
  return {
    runToTick: (tick) => {
      while (next <= tick) {
        if (!isAnswered) {
          isAnswered = true;
          twin.take({ type: 'acknowledged', boot: twin.twin.boot, seq: twin.twin.nextSeq - 1 });
        }
        samples(next, sample);
        twin.tick(sample);
        next += 1;
      }
    },
  };
}

/** A twin of a fleet, which nothing drives. */
function createFleetTwin(index: number): Runner & { twin: Twin } {
  const { firmware, placement, accelRange, gyroRange } = SETTINGS;
  const hooks = { released() {}, dropped() {}, refused() {} };
  const twin = new Twin(index + 1, 0, { firmware, placement, accelRange, gyroRange }, hooks);
  return { twin, runToTick() {} };
}

async function run({ device, boards, warmUpSeconds, seconds }: BoardOrder): Promise<void> {
  const program = parseIntelHex(readFileSync(IMAGE, 'utf8'), IMAGE);
  const create = (index: number): Runner & { board?: Board } => {
    if (device === 'twin' || device === 'manyTwins') return createTwin(index);
    if (device === 'manyFleetTwins') return createFleetTwin(index);
    return createBoard(device, index, program);
  };
  // What the first one brings that all share does not count.
  runTo([create(boards)], 0, FIRST_SECONDS);
  const before = await bytesInUse();
  const all = Array.from({ length: boards }, (_, index) => create(index));
  runTo(all, 0, warmUpSeconds);
  const kbPerDevice = ((await bytesInUse()) - before) / 1024 / boards;
  const activeCycles = () => all.reduce((sum, { board }) => sum + (board?.activeCycles ?? 0), 0);
  const activeBefore = activeCycles();
  const cpu = process.cpuUsage();
  const framesBefore = frames;
  runTo(all, warmUpSeconds, warmUpSeconds + seconds);
  const { user, system } = process.cpuUsage(cpu);
  const figures: BoardFigures = {
    type: 'ran',
    frames: frames - framesBefore,
    inRealTimePerCore: (boards * seconds) / ((user + system) / 1e6),
    ...(all[0]?.board ? { activeCyclesPerSecond: (activeCycles() - activeBefore) / boards / seconds } : {}),
    kbPerDevice,
  };
  process.send?.(figures);
}

function runTo(all: readonly Runner[], fromSeconds: number, toSeconds: number): void {
  const ticks = toSeconds * SAMPLE_RATE_HZ;
  for (let tick = fromSeconds * SAMPLE_RATE_HZ + TURN_TICKS; tick <= ticks; tick += TURN_TICKS)
    for (const one of all) one.runToTick(tick);
}

/** After two collections, so that what is merely not collected yet does not count. */
async function bytesInUse(): Promise<number> {
  for (let round = 0; round < 2; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.on('message', (order: BoardOrder) => {
  run(order).catch((error: unknown) => process.send?.({ type: 'failed', message: String(error) }));
});
process.on('disconnect', () => process.exit());
