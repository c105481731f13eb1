import {
  addToDigest,
  type Digest,
  decodeFrame,
  emptyDigest,
  FrameKind,
  formatDigest,
  frameHash,
  frameHashHigh,
  HEADER_BYTES,
  isReading,
  PAYLOAD_BYTES,
  type Placement,
} from '@gaitway/contract';
import { TICK_MS } from '@gaitway/firmware';
import type { Program } from '@gaitway/firmware/board';
import { type Schedule, slotStartMs } from '../fleet/schedule.ts';
import type { Ledger, LedgerRun } from '../ledger/ledger.ts';
import { deviceOf } from '../patients/identity.ts';
import { ModemBoard } from './modem-board.ts';
import { wearableOf } from './wearable-of.ts';

export interface ReplayOptions {
  ledger: Ledger;
  /** Of the run: seed, first slots, slot. */
  schedule: Schedule;
  /** With which the run's devices began. */
  boot: number;
  /** Which patient's device. */
  index: number;
  /** With the two messages of tests, unless the device was a canary. */
  program: Program;
  /** It ran this very firmware: then its numbers are what they are. */
  wasCanary: boolean;
  /** The samples of the patient's slot, 6 axes, one after the other. */
  placementOf(index: number): Placement;
  samplesOf(index: number, slot: number): Int16Array;
  /** Its beats, where the patient's device has an optical sensor. */
  pulsesOf(index: number, slot: number): ArrayLike<number> | undefined;
}

/** A row of the ledger beside what the board sent under the same numbers. */
export interface ReplayedRun {
  /** Start of the window. */
  startMs: number;
  boot: number;
  fromSeq: number;
  count: number;
  outcome: LedgerRun['outcome'];
  /** Digest of what the fleet sent, and of what the board sends. */
  recorded: string;
  replayed: string;
  same: boolean;
  /** Readings that the run's device made while its connection was down, as their flag says. */
  backfilled: number;
}

export interface ReplayResult {
  device: number;
  runs: ReplayedRun[];
  readings: number;
  /** What the board told besides its readings (falls): header and payload of each frame, in the order of their numbers. */
  events: Uint8Array[];
  /** Every reading that the ledger has of this device is, byte for byte, what the board sends. */
  same: boolean;
}

type FrameHash = readonly [low: number, high: number];
/** What a board sent. */
interface Played {
  /** By number of the frame. */
  readings: ReadonlyMap<number, FrameHash>;
  events: readonly Uint8Array[];
}

/** One reading of the board, once as made with the link up, and once as made with it down. */
interface Replayed {
  up: FrameHash;
  down: FrameHash;
}

/**
 * Plays a device of a finished run once more, on the board: the samples follow from the seed and the schedule, every
 * frame is acknowledged at once, and what the board sends is compared with what the ledger keeps of what was sent: a
 * digest over header and payload of each row of readings. The ledger keeps no events, but an event has a number, so readings
 * have theirs only where the board tells the same falls. A twin has no boot frame: its numbers begin with the ledger's. What was sent does not depend on when it was acknowledged,
 * but for one flag: whether the link was up when a reading was made. So each reading is made both ways, and of a row
 * one stretch may be the other way.
 */
export function replayDevice(options: ReplayOptions): ReplayResult {
  const { ledger, index } = options;
  // What a canary's modem never got was sent by nobody.
  const rows = ledger.runsOf(index).filter(({ everSent }) => everSent || !options.wasCanary);
  const own = rows.filter(({ boot }) => boot === options.boot);
  const numbers = numbersOf(own, options);
  const up = playAll(options, numbers, false);
  let down: Played | undefined;
  const runs = rows.map((row) => {
    const asUp = compared(row, options.boot, up, up);
    if (asUp.same || row.boot !== options.boot) return asUp;
    down ??= playAll(options, numbers, true);
    return compared(row, options.boot, up, down);
  });
  return {
    device: deviceOf(index),
    runs,
    readings: rows.reduce((sum, { count }) => sum + count, 0),
    events: [...up.events],
    same: runs.every(({ same }) => same),
  };
}

function compared(row: LedgerRun, boot: number, up: Played, down: Played): ReplayedRun {
  const { startMs, fromSeq, count, outcome } = row;
  const recorded = formatDigest(row.digest);
  const readings: Replayed[] = [];
  for (let seq = fromSeq; seq < fromSeq + count; seq++) {
    const [one, other] = [up.readings.get(seq), down.readings.get(seq)];
    if (row.boot === boot && one !== undefined && other !== undefined)
      readings.push({ up: one, down: other });
  }
  const base = { startMs, boot: row.boot, fromSeq, count, outcome, recorded };
  if (readings.length < count) return { ...base, replayed: '', same: false, backfilled: 0 };
  for (const [from, to] of stretches(count)) {
    const replayed = formatDigest(digestOf(readings, from, to));
    if (replayed === recorded) return { ...base, replayed, same: true, backfilled: to - from };
  }
  return { ...base, replayed: formatDigest(digestOf(readings, 0, 0)), same: false, backfilled: 0 };
}

/** None, and then every stretch of `count` readings: a connection is lost once in a row, or for all of it. */
function* stretches(count: number): Generator<[from: number, to: number]> {
  yield [0, 0];
  for (let from = 0; from < count; from++) for (let to = from + 1; to <= count; to++) yield [from, to];
}

function digestOf(readings: readonly Replayed[], downFrom: number, downTo: number): Digest {
  const sum = emptyDigest();
  readings.forEach(({ up, down }, i) => {
    addToDigest(sum, ...(i >= downFrom && i < downTo ? down : up));
  });
  return sum;
}

/** The number of each slot's reading, as the ledger has it: within a window rows and slots have the same order. */
function numbersOf(rows: readonly LedgerRun[], { schedule, index }: ReplayOptions): number[] {
  const firstMs = slotStartMs(schedule, index, 0);
  const nextSlot = new Map<number, number>();
  const numbers: number[] = [];
  for (const { startMs, fromSeq, count } of rows) {
    let slot = nextSlot.get(startMs) ?? Math.max(0, Math.ceil((startMs - firstMs) / schedule.slotMs));
    for (let i = 0; i < count; i++) numbers[slot++] = fromSeq + i;
    nextSlot.set(startMs, slot);
  }
  return numbers;
}

/** The board's readings by number, as hashes of their fixed part; `linkIsDown`: while each is made. */
function playAll(options: ReplayOptions, numbers: readonly number[], linkIsDown: boolean): Played {
  const { schedule, index, wasCanary } = options;
  const sent = new Map<number, FrameHash>();
  const events: Uint8Array[] = [];
  let nextSeq = 0;
  const number = (seq: number): void => {
    nextSeq = seq;
    board.modem.say({ type: 'nextSeq', seq });
  };
  const answers: (() => void)[] = [];
  let messages = 0;
  const board = new ModemBoard({
    ...{ program: options.program, boot: options.boot },
    ...wearableOf({
      ...{ schedule, index, device: deviceOf(index), placement: options.placementOf(index) },
      samplesOf: (slot) => options.samplesOf(index, slot),
      pulsesOf: (slot) => options.pulsesOf(index, slot),
    }),
    hooks: {
      send: (bytes) => {
        const messageId = messages++;
        const frame = decodeFrame(bytes);
        if (typeof frame === 'string') throw new Error(`the board sent a frame that is ${frame}`);
        const { kind, boot, seq } = frame;
        nextSeq = seq + 1;
        if (isReading(kind)) sent.set(seq, [frameHash(bytes), frameHashHigh()]);
        else if (kind === FrameKind.event)
          events.push(bytes.slice(0, HEADER_BYTES + PAYLOAD_BYTES[FrameKind.event]));
        answers.push(() => board.modem.answered(messageId, { boot, seq }));
        return messageId;
      },
    },
  });
  board.modem.linkUp();
  const ticksPerSlot = schedule.slotMs / TICK_MS;
  // One slot more, in which the last reading goes out.
  while (board.tick + 1 < (numbers.length + 1) * ticksPerSlot) {
    for (const answer of answers.splice(0)) answer();
    const place = (board.tick + 1) % ticksPerSlot;
    const seq = numbers[Math.floor((board.tick + 1) / ticksPerSlot)];
    if (!wasCanary && board.tick + 1 === BOOTED_TICKS) number(0);
    // With one number too few it may still tell a fall in the slot's last ticks.
    else if (!wasCanary && place === ticksPerSlot - NUMBER_TICKS && seq !== undefined) {
      if (seq !== nextSeq && seq !== nextSeq + 1) number(seq);
    }
    if (linkIsDown && place === ticksPerSlot - LINK_DOWN_TICKS) board.modem.linkDown();
    if (linkIsDown && place === LINK_UP_TICKS) board.modem.linkUp();
    board.step();
  }
  return { readings: sent, events };
}

/** The boot frame has been acknowledged by then. */
const BOOTED_TICKS = 20;
/** Before and after the end of a slot. A message said in a tick is heard in it. */
const NUMBER_TICKS = 4;
const LINK_DOWN_TICKS = 3;
const LINK_UP_TICKS = 2;
