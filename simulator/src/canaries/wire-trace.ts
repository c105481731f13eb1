import { HEADER, Placement, readU16, readU32 } from '@gaitway/contract';
import { type DownMessage, TICK_MS, type UpMessage } from '@gaitway/firmware';
import type { Program, WearableSettings } from '@gaitway/firmware/board';
import { type FrameFields, frameFields } from './frame-fields.ts';
import { ModemBoard, type ModemBoardOptions } from './modem-board.ts';

/** One message on the line between chip and modem. `tick` -1: before the chip's first tick. */
export type WireEvent = { tick: number } & (
  | { from: 'chip'; type: 'frame'; flight: number; frame: FrameFields | string }
  | { from: 'chip'; type: 'log'; code: number; value: number }
  | { from: 'chip'; type: 'damaged'; says: string; hex: string }
  | { from: 'chip'; type: 'reset'; cause: number }
  | ({ from: 'modem' } & DownMessage)
);

export interface WireTraceOptions {
  program: Program;
  settings?: WearableSettings;
  samples: ModemBoardOptions['samples'];
  /** Of a device with a hub for the heart. */
  pulses?: ModemBoardOptions['pulses'];
  batteryMv?: number;
  /** How many ticks of 20 ms. */
  ticks: number;
  /** Start of the first slot. */
  startMs: number;
  /** Something that the modem hears from its server, before a tick. */
  commands?: ReadonlyMap<number, Parameters<ModemBoard['modem']['command']>[0][]>;
}

/**
 * What goes over a chip's line in so many ticks, against a server that acknowledges every frame at once. In emulated
 * time: the same options give the same messages. Throws `FirmwareHangs`.
 */
export function* wireTrace(options: WireTraceOptions): Generator<WireEvent> {
  const events: WireEvent[] = [];
  const answers: (() => void)[] = [];
  let board: ModemBoard | undefined;
  const now = () => ({ tick: board?.tick ?? -1 });
  let messages = 0;
  board = new ModemBoard({
    program: options.program,
    settings: {
      device: 1,
      placement: Placement.wrist,
      hasHub: options.pulses !== undefined,
      ...options.settings,
    },
    ...(options.pulses ? { pulses: options.pulses } : {}),
    ...{ boot: 0, startMs: options.startMs, samples: options.samples },
    batteryMv: () => options.batteryMv ?? 3700,
    hooks: {
      heard: (message) => events.push({ ...now(), ...chipSaid(message) }),
      told: (message) => events.push({ ...now(), from: 'modem', ...message }),
      reset: (cause) => events.push({ ...now(), from: 'chip', type: 'reset', cause }),
      send: (frame) => {
        const messageId = messages++;
        const answer = { boot: readU16(frame, HEADER.boot), seq: readU32(frame, HEADER.seq) };
        answers.push(() => board?.modem.answered(messageId, answer));
        return messageId;
      },
    },
  });
  board.modem.linkUp();
  while (board.tick + 1 < options.ticks) {
    for (const answer of answers.splice(0)) answer();
    for (const command of options.commands?.get(board.tick + 1) ?? []) board.modem.command(command);
    board.step();
    yield* events.splice(0);
  }
}

function chipSaid(
  message: UpMessage,
): { from: 'chip' } & (
  | { type: 'frame'; flight: number; frame: FrameFields | string }
  | { type: 'log'; code: number; value: number }
  | { type: 'damaged'; says: string; hex: string }
) {
  switch (message.type) {
    case 'frame':
      return { from: 'chip', type: 'frame', flight: message.flight, frame: frameFields(message.bytes) };
    case 'log':
      return { from: 'chip', ...message };
    case 'damaged':
      return {
        from: 'chip',
        type: 'damaged',
        says: message.says,
        hex: Buffer.from(message.bytes).toString('hex'),
      };
  }
}

/** When a tick was, ms since the first slot's start. */
export function tickMs(tick: number): number {
  return (tick + 1) * TICK_MS;
}
