import { Placement, ResetCause } from '@gaitway/contract';
import { reportedBatteryMv } from '../board/battery-converter.ts';
import { Board } from '../board/board.ts';
import { CYCLES_PER_MS } from '../board/chip.ts';
import { Eeprom } from '../board/eeprom.ts';
import { type builtAs, DEVICE, image, motion } from '../board/wearable.fixture.ts';
import { settingsInEeprom } from '../board/wearable-settings.ts';
import type { DownMessage } from '../link/down-message.ts';
import { TickedDevice } from '../twin/ticked-device.ts';

export type ProgramName = 'wearable-test' | 'wearable-next-test';
export type Programs = { readonly [name in ProgramName]: ReturnType<typeof builtAs> };

const SLOT_MS = 1500;
const BATTERY_MV = 3700;
const LOG_UPDATE_OFFER = 3;
const RESTART = {
  [ResetCause.powerOn]: 'powerOn',
  [ResetCause.external]: 'external',
  [ResetCause.brownOut]: 'brownOut',
} as const;

/** What a chip says to its modem. */
export interface ChipHooks {
  frame(flight: number, bytes: Uint8Array, tick: number): void;
  taken(firmware: number): void;
}

/** A chip, emulated or as a twin, driven tick by tick. It begins with the older program. */
export interface Chip {
  /** One tick, and what the modem says after it. */
  runTick(messages: readonly DownMessage[]): void;
  /** A reset between two ticks. The watchdog's comes by itself, to a chip that hangs. */
  restart(cause: ResetCause, program?: ProgramName): void;
}

export type MakeChip = (seed: number, programs: Programs, hooks: ChipHooks) => Chip;

export const twinChip: MakeChip = (seed, programs, hooks) => {
  let tick = -1;
  const samples = motion(seed);
  const sample = new Int16Array(6);
  const device = new TickedDevice(
    {
      ...programs['wearable-test'],
      device: DEVICE,
      boot: 0xffff,
      placement: Placement.wrist,
      accelRange: 2,
      gyroRange: 2,
      mode: 'features',
      slotMs: SLOT_MS,
    },
    (flight, bytes) => hooks.frame(flight, bytes.slice(), tick),
    undefined,
    hooks.taken,
  );
  device.batteryMv = reportedBatteryMv(BATTERY_MV);
  device.start(ResetCause.powerOn);
  return {
    runTick: (messages) => {
      tick += 1;
      device.tick(samples(tick, sample) ? sample : undefined);
      for (const message of messages) device.take(message);
    },
    restart: (cause, program) => device.start(cause, program && programs[program]),
  };
};

export const boardChip: MakeChip = (seed, _, hooks) => {
  const resets: ResetCause[] = [];
  const board: Board = new Board({
    program: image('wearable-test'),
    samples: motion(seed),
    eeprom: new Eeprom(settingsInEeprom({ device: DEVICE, slotMs: SLOT_MS })),
    batteryMv: () => BATTERY_MV,
    hooks: {
      onFrame: (flight, bytes) => hooks.frame(flight, bytes, board.tick),
      onLog: (code, value) => code === LOG_UPDATE_OFFER && hooks.taken(value),
      onReset: (cause) => resets.push(cause),
      onDamaged: (_bytes, says) => {
        throw new Error(`tick ${board.tick}: ${says}`);
      },
    },
  });
  return {
    runTick: (messages) => {
      const tick = board.tick + 1;
      for (const message of messages) board.deliver(message, tick);
      board.runToTick(tick);
    },
    restart: (cause, program) => {
      resets.length = 0;
      if (cause !== ResetCause.watchdog)
        board.restart(RESTART[cause as keyof typeof RESTART], program && image(program));
      else while (resets.at(-1) !== cause) board.runToCycle(board.cycle + CYCLES_PER_MS);
    },
  };
};
