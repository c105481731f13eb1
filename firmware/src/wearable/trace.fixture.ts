import { FrameKind, HEADER, hash32, ResetCause, SEQ_MAX, uniform } from '@gaitway/contract';
import { reportedBatteryMv } from '../board/battery-converter.ts';
import { type DownMessage, encodeDown, sealMessage } from '../link/down-message.ts';
import { HonestServer } from '../twin/honest-server.fixture.ts';
import { TickedDevice, type TickedDeviceSettings } from '../twin/ticked-device.ts';
import { hasHub, pulseAt, pulsesOf } from './pulse.fixture.ts';
import { putSample } from './signal.fixture.ts';

const STREAM = { settings: 1, host: 4 } as const;
const EPOCH_MS = 1_700_000_000_000;
const BATTERY_MV = 3700;

/** A pressed button, with one bit of its CRC turned over on the way. */
function damagedButton(): Uint8Array {
  const bytes = encodeDown({ type: 'button' });
  // A byte that became 0 would end the message instead.
  bytes[2]! ^= bytes[2] === 0x10 ? 0x20 : 0x10;
  return bytes;
}

/** Whole messages that must be ignored all the same: of a length that their type does not have, and of a wrong CRC. */
const NEAR_MESSAGES = [sealMessage([0x83, 1, 2, 3]), sealMessage([0x8a, 1]), damagedButton()];

/** What happens to a device after one of its ticks. */
export type Step =
  | { do: 'message'; message: DownMessage }
  /** Bytes on the line that are no message. */
  | { do: 'noise'; bytes: Uint8Array }
  | { do: 'start'; cause: ResetCause };

/**
 * A seeded life of one device, as data: so that the twin, the C on this machine, the board and simavr can be given
 * the same one. It begins with a power-on.
 */
export interface Trace {
  settings: TickedDeviceSettings;
  ticks: number;
  /** Six values a tick. */
  samples: Int16Array;
  /** 0: the sensor does not answer at this tick. */
  answers: Uint8Array;
  /** As `pulsesOf` gives them. */
  pulses: Int32Array;
  /** The battery from a tick on; the first one from before the first tick. */
  batteryMv: { fromTick: number; batteryMv: number }[];
  /** In order, by tick. */
  after: Map<number, Step[]>;
}

/** A frame as it went to the modem, and after which tick began; -1: before the first one. */
export interface Sent {
  tick: number;
  flight: number;
  hex: string;
}

export interface TraceLimits {
  ticks: number;
  /**
   * A chip with its line: of what a message lets it do, one frame fits into a tick, and a chunk of raw mode reaches into the next
   * one. Without hardware a tick has room for everything.
   */
  isHardware: boolean;
  /** What the build put into the program. */
  imageHash?: number;
}

function settingsOf(seed: number, { isHardware, imageHash }: TraceLimits): TickedDeviceSettings {
  const pick = <T>(choices: readonly T[], at: number): T =>
    choices[Math.floor(uniform(seed, STREAM.settings, at) * choices.length)]!;
  return {
    device: hash32(seed, 11),
    boot: pick([0, 7, 0xfffe, 0xffff], 1),
    firmware: 0x1000,
    imageHash: imageHash ?? hash32(seed, 12),
    // The wrist most often: only there falls are told.
    placement: pick([1, 0, 1, 2, 1, 3, 1, 4, 1], 2),
    accelRange: pick([0, 1, 2, 3], 3),
    gyroRange: pick([0, 1, 2, 3], 4),
    mode: pick(['features', 'features', 'features', 'raw'] as const, 5),
    slotMs: pick(
      isHardware
        ? [5000, 5000, 1500, 1000, 500, 2000, 5100, 7000]
        : [5000, 1500, 13_000, 1000, 500, 2000, 40, 5080, 5100, 7000],
      6,
    ),
    hasHub: hasHub(seed),
  };
}

/** A life while it is made up. */
interface Life {
  seed: number;
  limits: TraceLimits;
  device: TickedDevice;
  tick: number;
  /** A whole number below `below`. */
  draw(below: number): number;
}

/** The frame with the last number makes the chip write its next boot number: 14 ms, more than is left of a tick. */
function writesBoot({ limits, device }: Life): boolean {
  return limits.isHardware && device.twin.nextSeq === SEQ_MAX;
}

/** What the modem says of itself: how often, and what; now and then it has nothing to say. */
const MESSAGES: readonly [weight: number, of: (life: Life) => DownMessage | undefined][] = [
  [20, () => ({ type: 'linkDown' })],
  [40, () => ({ type: 'linkUp' })],
  [20, ({ seed, tick }) => ({ type: 'timeSync', epochMs: EPOCH_MS + seed * 777 + tick * 20 })],
  [10, ({ draw }) => ({ type: 'rate', slotMs: [5000, 0, 33, 19, 20, 1000, 65_535, 5100, 2500][draw(9)]! })],
  [
    12,
    ({ draw, device }) => ({
      type: 'mode',
      mode: draw(5) < 3 ? 'features' : device.twin.boot % 2 === 0 ? 'raw' : 'features',
    }),
  ],
  [25, (life) => (writesBoot(life) ? undefined : { type: 'button' })],
  [10, () => ({ type: 'identify' })],
  [10, () => ({ type: 'updateOffer', firmware: 0x1041, hash: 5 })],
  // Of frames that were never sent, or of a boot whose predecessor still has some.
  [
    10,
    ({ draw, device: { twin } }) => ({
      type: 'acknowledged',
      boot: (twin.boot - draw(2)) & 0xffff,
      seq: Math.max(-1, twin.nextSeq - 1 - draw(6)),
    }),
  ],
  [5, ({ device }) => (device.twin.nextSeq < 0xfffffffd ? { type: 'nextSeq', seq: 0xfffffffd } : undefined)],
];

const MESSAGES_WEIGHT = MESSAGES.reduce((sum, [weight]) => sum + weight, 0);
const CAUSES = [ResetCause.powerOn, ResetCause.external, ResetCause.brownOut, ResetCause.watchdog];

/**
 * Makes up a life: samples and gaps, a link that comes and goes, answers that are late, lost, repeated or rejects,
 * commands, noise on the line, and resets. What the server answers depends on what was sent, so the twin lives it
 * meanwhile.
 */
export function traceOf(seed: number, limits: TraceLimits): Trace {
  const { ticks, isHardware } = limits;
  const settings = settingsOf(seed, limits);
  const samples = new Int16Array(6 * ticks);
  const answers = new Uint8Array(ticks).fill(1);
  const pulses = pulsesOf(seed, ticks);
  const trace: Trace = { settings, ticks, samples, answers, pulses, batteryMv: [], after: new Map() };
  let draws = 0;
  const luck = (): number => uniform(seed, STREAM.host, draws++);
  const lossy = luck();
  // Nobody ever answers: the retry delays grow to their end.
  const isMute = luck() < 0.05;
  const isCalm = isMute || luck() < 0.3;
  const server = new HonestServer();
  const due: { atTick: number; message: DownMessage }[] = [];
  let sent = 0;
  /** When the last raw chunk went out, and when the last one did that a message, not a tick, had let go. */
  let chunkTick = Number.NEGATIVE_INFINITY;
  let toldChunkTick = Number.NEGATIVE_INFINITY;
  let isTelling = false;
  /** It is still being sent, at least for a part of this tick. */
  const isSending = (fromTick: number): boolean => isHardware && life.tick - fromTick < 2;

  const answered = (flight: number, bytes: Uint8Array): void => {
    sent += 1;
    if (bytes[HEADER.kind] === FrameKind.rawChunk) {
      chunkTick = life.tick;
      if (isTelling) toldChunkTick = life.tick;
    }
    const atTick = life.tick + 1 + Math.floor(luck() ** 4 * 300);
    const fate = luck();
    if (isMute || fate < 0.15 * lossy) return;
    if (fate < 0.3 * lossy) {
      // Now and then it is about an earlier transmission.
      const about = (flight - (luck() < 0.2 ? 1 : 0)) & 0xff;
      const device = luck() < 0.5 ? ('drop' as const) : ('later' as const);
      const retryAfterMs = luck() < 0.5 ? undefined : Math.floor(luck() ** 12 * 100_000);
      due.push({ atTick, message: { type: 'rejected', flight: about, device, retryAfterMs } });
      return;
    }
    const message: DownMessage = { type: 'acknowledged', ...server.receive(bytes) };
    due.push({ atTick, message });
    if (fate > 0.95) due.push({ atTick: atTick + (sent % 40), message });
    // Whoever says both: the frame has landed, and the reject is about nothing.
    if (fate > 0.9 && fate < 0.93)
      due.push({
        atTick: atTick + 1,
        message: { type: 'rejected', flight, device: 'later', retryAfterMs: 3000 },
      });
  };
  const device = new TickedDevice(settings, answered);
  const life: Life = { seed, limits, device, tick: -1, draw: (below) => Math.floor(luck() * below) };

  const note = (step: Step): void => {
    const before = trace.after.get(life.tick);
    if (before === undefined) trace.after.set(life.tick, [step]);
    else before.push(step);
  };
  const tell = (message: DownMessage): void => {
    note({ do: 'message', message });
    isTelling = true;
    device.take(message);
    isTelling = false;
  };
  const start = (cause: ResetCause): void => {
    if (cause === ResetCause.watchdog) {
      tell({ type: 'hang' });
      if (luck() < 0.5) tell({ type: 'button' });
    }
    note({ do: 'start', cause });
    device.start(cause);
  };
  const battery = (batteryMv: number): void => {
    trace.batteryMv.push({ fromTick: life.tick, batteryMv });
    device.batteryMv = reportedBatteryMv(batteryMv);
  };
  const message = (): DownMessage | undefined => {
    let weight = life.draw(MESSAGES_WEIGHT);
    for (const [own, of] of MESSAGES) {
      weight -= own;
      if (weight < 0) return of(life);
    }
    return undefined;
  };

  battery(BATTERY_MV);
  device.start(ResetCause.powerOn);
  let gapUntil = -1;
  for (life.tick = 0; life.tick < ticks; life.tick++) {
    const { tick } = life;
    if (luck() < 0.001 && !isSending(chunkTick)) battery(3000 + Math.floor(luck() * 1200));
    if (luck() < (isCalm ? 0.0005 : 0.01)) gapUntil = tick + Math.floor(luck() ** 3 * 400);
    // A sample alone, now and then.
    const isMissing = tick < gapUntil && luck() > 0.02;
    const { boot } = device.twin;
    if (isMissing) answers[tick] = 0;
    else putSample(seed, tick, settings.accelRange, samples);
    const sample = isMissing ? undefined : samples.subarray(6 * tick, 6 * tick + 6);
    device.tick(sample, pulseAt(pulses, tick));

    // A boot number was written, or the line is not free yet: whatever is said now has to wait.
    let said = isSending(toldChunkTick) || device.twin.boot !== boot ? 1 : 0;
    for (let i = 0; i < due.length && !(isHardware && said > 0); i++) {
      if (due[i]!.atTick > tick) continue;
      tell(due.splice(i--, 1)[0]!.message);
      said += 1;
    }
    // The boot frame is still held: it must not be taken for acknowledged.
    if (tick === 2) tell({ type: 'acknowledged', boot: device.twin.boot, seq: -1 });
    if (tick === 4) tell({ type: 'linkUp' });
    if (tick === 6 && luck() < 0.9) tell({ type: 'timeSync', epochMs: EPOCH_MS + seed * 777 });
    if (tick < 10 || (isHardware && said > 0)) continue;

    const event = luck() / (isMute ? 0.02 : isCalm ? 0.2 : 1);
    if (event < 0.014) {
      const before = sent;
      // A storm ends with the transmission that it brings about.
      for (let left = luck() < 0.1 && !isSending(chunkTick) ? 4 : 1; left > 0; left--) {
        const one = isHardware && sent > before ? undefined : message();
        if (one !== undefined) tell(one);
      }
    } else if (event < 0.016) {
      // Noise leaves a message begun: its end is lost with the next one, which must be none of ours.
      const noise = Array.from({ length: 1 + life.draw(40) }, () => 1 + life.draw(255));
      note({ do: 'noise', bytes: Uint8Array.of(...noise, 0) });
    } else if (event < 0.017) note({ do: 'noise', bytes: NEAR_MESSAGES[tick % NEAR_MESSAGES.length]! });
    else if (event < 0.0185 && !isSending(chunkTick)) {
      start(CAUSES[life.draw(CAUSES.length)]!);
      // Most are told the time again: the others hold what they have for long.
      if (luck() < 0.8) {
        const message = { type: 'timeSync' as const, epochMs: EPOCH_MS + seed * 777 + tick * 20 };
        due.push({ atTick: tick + 5 + life.draw(100), message });
        due.push({ atTick: tick + 5 + life.draw(200), message: { type: 'linkUp' } });
      }
    }
  }
  return trace;
}

/** How many seeded lives a suite plays: `GAITWAY_LIVES`, for a night of them, or its own number. */
export function livesAsked(own: number): number {
  const { GAITWAY_LIVES } = process.env;
  if (GAITWAY_LIVES === undefined) return own;
  const lives = Number(GAITWAY_LIVES);
  if (Number.isInteger(lives) && lives > 0) return lives;
  throw new RangeError(`GAITWAY_LIVES=${GAITWAY_LIVES} is no number of lives`);
}
