import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  decodeFrame,
  type Frame,
  type FrameAnswer,
  HEADER_BYTES,
  ResetCause,
  readBoot,
} from '@gaitway/contract';
import type { DownMessage } from '../link/down-message.ts';
import { TickedDevice } from '../twin/ticked-device.ts';
import { reportedBatteryMv } from './battery-converter.ts';
import { Board } from './board.ts';
import type { BoardSettings } from './board-settings.ts';
import { Eeprom } from './eeprom.ts';
import { type Program, parseIntelHex } from './intel-hex.ts';
import type { SampleSource } from './mpu6050.ts';
import { settingsInEeprom, type WearableSettings } from './wearable-settings.ts';

/** A committed program: `-test` ones understand two messages more, and `next` is of a later version. */
export function image(name: 'wearable' | 'wearable-test' | 'wearable-next-test'): Program {
  const path = fileURLToPath(new URL(`../../wearable/image/${name}.hex`, import.meta.url));
  return parseIntelHex(readFileSync(path, 'utf8'), path);
}

export const DEVICE = 0x01020304;

/** A number from 0 to 2^32 - 1 that depends on its arguments only. */
export function drawn(seed: number, ...at: number[]): number {
  let hash = seed >>> 0;
  for (const value of at) {
    hash = Math.imul(hash ^ value, 0x9e3779b1) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) >>> 0;
    hash = (hash ^ (hash >>> 13)) >>> 0;
  }
  return hash;
}

/** Somebody who turns and trembles a little, with noise; now and then a knock to the end of the range. */
export function motion(seed: number): SampleSource {
  const hz = 1 + (drawn(seed, 1) % 60) / 10;
  const strength = drawn(seed, 2) % 6000;
  return (sampleNumber, into) => {
    const phase = (2 * Math.PI * hz * sampleNumber) / 50;
    const turn = sampleNumber / 400 + seed;
    const gravity = [4096 * Math.cos(turn), 4096 * Math.sin(turn), 800];
    for (let axis = 0; axis < 6; axis++) {
      const noise = (drawn(seed, sampleNumber, axis) % 81) - 40;
      const value = Math.round((gravity[axis] ?? 0) + strength * Math.sin(phase + axis) + noise);
      into[axis] = Math.max(-32768, Math.min(32767, value));
    }
    if (drawn(seed, sampleNumber, 7) % 3000 === 0) into[drawn(seed, sampleNumber, 8) % 6] = -32768;
    return true;
  };
}

/** One thing that the modem said, and after which tick. */
export interface Said {
  afterTick: number;
  message: DownMessage;
}

/** A frame as it went out. */
export interface Sent {
  tick: number;
  flight: number;
  hex: string;
  frame: Frame;
}

export interface Play {
  program: Program;
  ticks: number;
  samples: SampleSource;
  settings?: Partial<WearableSettings>;
  board?: Partial<BoardSettings>;
  batteryMv?: number;
  /** What the modem says whatever the device does. */
  script?: Said[];
  /** The host lets the supply dip after this tick. */
  brownOutAfter?: number;
  /** What it says to a frame, and how many ticks later (least 1). */
  answer?: (sent: Sent, index: number) => { message: DownMessage; ticksLater: number }[];
}

/** Plays it on the board; gives what went out, what came in, and the board at the end. */
export function playOnBoard(play: Play) {
  const sent: Sent[] = [];
  const said: Said[] = [...(play.script ?? [])];
  const resets: { cause: ResetCause; tick: number }[] = [];
  const damaged: string[] = [];
  const logs: string[] = [];
  const board: Board = new Board({
    program: play.program,
    samples: play.samples,
    eeprom: new Eeprom(settingsInEeprom({ device: DEVICE, ...play.settings })),
    batteryMv: () => play.batteryMv ?? 3700,
    hooks: {
      onFrame: (flight, bytes) => {
        const frame = decodeFrame(bytes);
        if (typeof frame === 'string') throw new Error(`at tick ${board.tick}: not a frame: ${frame}`);
        const one = { tick: board.tick, flight, hex: Buffer.from(bytes).toString('hex'), frame };
        for (const { message, ticksLater } of play.answer?.(one, sent.length) ?? []) {
          said.push({ afterTick: board.tick + ticksLater, message });
          board.deliver(message, board.tick + ticksLater);
        }
        sent.push(one);
      },
      onReset: (cause) => resets.push({ cause, tick: board.tick }),
      onDamaged: (_, says) => damaged.push(`${says} at tick ${board.tick}`),
      onLog: (code, value) => logs.push(`${code} ${value}`),
    },
    ...play.board,
  });
  for (const { message, afterTick } of play.script ?? []) board.deliver(message, afterTick);
  if (play.brownOutAfter !== undefined) {
    board.runToTick(play.brownOutAfter);
    board.restart('brownOut');
  }
  board.runToTick(play.ticks - 1);
  return { board, sent, said, resets, damaged, logs };
}

const builds = new Map<Program, { firmware: number; imageHash: number }>();

/** What the build put into a program, as its first boot frame tells it. */
export function builtAs(program: Program): { firmware: number; imageHash: number } {
  let built = builds.get(program);
  if (built === undefined) {
    const script: Said[] = [
      { afterTick: 0, message: { type: 'linkUp' } },
      { afterTick: 0, message: { type: 'timeSync', epochMs: 0 } },
    ];
    const { frame, hex } = playOnBoard({ program, ticks: 3, samples: () => false, script }).sent[0]!;
    const { imageHash } = readBoot(Buffer.from(hex, 'hex'), HEADER_BYTES);
    built = { firmware: frame.firmware, imageHash };
    builds.set(program, built);
  }
  return built;
}

/** Plays the same on the twin, which gets what the modem said to the board at the same ticks. */
export function playOnTwin(play: Play, onBoard: Pick<ReturnType<typeof playOnBoard>, 'said' | 'resets'>) {
  const sent: Sent[] = [];
  let tick = -1;
  const { firmware, imageHash } = builtAs(play.program);
  const { placement = 1, accelRange = 2, gyroRange = 2, slotMs = 5000 } = play.settings ?? {};
  const device = new TickedDevice(
    {
      device: DEVICE,
      boot: 0xffff,
      firmware,
      imageHash,
      placement,
      accelRange,
      gyroRange,
      mode: play.settings?.mode ?? 'features',
      slotMs,
      hasHub: play.settings?.hasHub ?? false,
    },
    (flight, bytes) => {
      const frame = decodeFrame(bytes) as Frame;
      sent.push({ tick, flight, hex: Buffer.from(bytes).toString('hex'), frame });
    },
  );
  device.batteryMv = reportedBatteryMv(play.batteryMv ?? 3700);
  device.start(ResetCause.powerOn);
  const sample = new Int16Array(6);
  for (tick = 0; tick < play.ticks; tick++) {
    device.tick(play.samples(tick, sample) ? sample : undefined, play.board?.pulses?.(tick));
    for (const { message, afterTick } of onBoard.said) if (afterTick === tick) device.take(message);
    for (const { cause, tick: at } of onBoard.resets) if (at === tick) device.start(cause);
  }
  return sent;
}

/** A frame's answer as the modem says it. */
export function answerMessage(answer: FrameAnswer, flight: number): DownMessage {
  if (!('reject' in answer)) return { type: 'acknowledged', ...answer };
  const device = answer.reject === 'future' ? 'drop' : 'later';
  return { type: 'rejected', flight, device, retryAfterMs: answer.retryAfterMs };
}
