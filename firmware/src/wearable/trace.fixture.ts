import { hash32, normal, ResetCause, readU32, uniform } from '@gaitway/contract';
import { reportedBatteryMv } from '../board/battery.ts';
import { type DownMessage, sealMessage } from '../board/link/down-message.ts';
import { HonestServer } from '../twin/honest-server.fixture.ts';
import type { NativeScript } from './native.fixture.ts';
import { type Sent, TwinDevice, type TwinDeviceSettings } from './twin-device.fixture.ts';

const STREAM = { settings: 1, signal: 2, noise: 3, host: 4 } as const;
const EPOCH_MS = 1_700_000_000_000;

/** One of `choices`, by seed. */
function pick<T>(choices: readonly T[], seed: number, ...path: [number, number?]): T {
  return choices[Math.floor(uniform(seed, STREAM.settings, ...path) * choices.length)]!;
}

export function settingsOf(seed: number): TwinDeviceSettings {
  return {
    device: hash32(seed, 11),
    boot: pick([0, 7, 0xfffe, 0xffff], seed, 1),
    firmware: 0x1000,
    imageHash: hash32(seed, 12),
    placement: pick([0, 1, 2, 3, 4], seed, 2),
    accelRange: pick([0, 1, 2, 3], seed, 3),
    gyroRange: pick([0, 1, 2, 3], seed, 4),
    mode: pick(['features', 'features', 'features', 'raw'] as const, seed, 5),
    slotMs: pick([5000, 5000, 5000, 1000, 500, 2000, 40, 5080, 7000], seed, 6),
  };
}

/** A sample: rest, walking, tremor, noise of the whole range, or the rails; another one every few seconds. */
export function sampleOf(seed: number, tick: number): number[] {
  const piece = Math.floor(tick / 170);
  const kind = Math.floor(uniform(seed, STREAM.signal, piece) * 6);
  const hz = 0.5 + 8 * uniform(seed, STREAM.signal, piece, 1);
  const amplitude = 20 * 1200 ** uniform(seed, STREAM.signal, piece, 2);
  return Array.from({ length: 6 }, (_, axis) => {
    const phase = 2 * Math.PI * ((hz * tick) / 50 + uniform(seed, STREAM.signal, piece, 3 + axis));
    const noise = normal(seed, STREAM.noise, tick, axis);
    const value = [
      (axis === 2 ? 4096 : 0) + 9 * noise,
      (axis === 2 ? 4096 : 0) + amplitude * Math.sin(phase) + 8 * noise,
      amplitude * Math.sign(Math.sin(phase)) + 700,
      12_000 * noise,
      Math.sin(phase) > 0 ? 32_767 : -32_768,
      0,
    ][kind]!;
    return Math.max(-32_768, Math.min(32_767, Math.round(value)));
  });
}

/**
 * Plays a seeded life of one device to the twin and writes it down for the chip: samples and gaps, a link that comes
 * and goes, answers that are late, lost, repeated or rejects, commands, noise on the line, and resets. The frames of
 * the twin come with the script's line at which they were sent.
 */
export function play(
  seed: number,
  ticks: number,
  script: NativeScript,
  over: Partial<TwinDeviceSettings> = {},
): (Sent & { line: number })[] {
  const settings = { ...settingsOf(seed), ...over };
  const device = new TwinDevice(settings);
  const server = new HonestServer();
  const frames: (Sent & { line: number })[] = [];
  const answers: { atTick: number; message: DownMessage }[] = [];
  let draws = 0;
  const draw = (): number => uniform(seed, STREAM.host, draws++);
  const both = (step: () => void): void => {
    const before = device.sent.length;
    const line = script.nextLine;
    step();
    for (let i = before; i < device.sent.length; i++) {
      frames.push({ line, ...device.sent[i]! });
      answer(device.sent[i]!, i);
    }
  };
  let tick = 0;
  const lossy = draw();
  // Nobody ever answers: the retry delays grow to their end.
  const isMute = draw() < 0.05;
  const answer = ({ flight, bytes }: { flight: number; bytes: Uint8Array }, sent: number): void => {
    const atTick = tick + 1 + Math.floor(draw() ** 4 * 300);
    const luck = draw();
    if (isMute || luck < 0.15 * lossy) return;
    if (luck < 0.3 * lossy) {
      const device = draw() < 0.5 ? 'drop' : 'later';
      const retryAfterMs = draw() < 0.5 ? undefined : Math.floor(draw() * 5000);
      answers.push({ atTick, message: { type: 'rejected', flight, device, retryAfterMs } });
      return;
    }
    const message: DownMessage = { type: 'acknowledged', ...server.receive(bytes) };
    answers.push({ atTick, message });
    if (luck > 0.95) answers.push({ atTick: atTick + (sent % 40), message });
  };
  const tell = (message: DownMessage): void =>
    both(() => {
      script.message(message);
      device.message(message);
    });
  const start = (cause: ResetCause): void =>
    both(() => {
      script.start(cause, settings.imageHash);
      device.start(cause);
    });

  device.batteryMv = reportedBatteryMv(3700);
  script.begin(settings, device.batteryMv);
  start(ResetCause.powerOn);
  const calm = isMute || draw() < 0.3;
  let gapUntil = -1;
  for (tick = 0; tick < ticks; tick++) {
    if (draw() < (calm ? 0.0005 : 0.01)) gapUntil = tick + Math.floor(draw() ** 3 * 400);
    const sample = tick < gapUntil ? undefined : sampleOf(seed, tick);
    both(() => {
      script.tick(sample);
      device.tick(sample);
    });
    for (const due of answers.filter(({ atTick }) => atTick === tick)) tell(due.message);
    // The boot frame is still held: it must not be taken for acknowledged.
    if (tick === 2) tell({ type: 'acknowledged', boot: device.twin.boot, seq: -1 });
    if (tick === 3) tell({ type: 'linkUp' });
    if (tick === 5 && draw() < 0.9) tell({ type: 'timeSync', epochMs: EPOCH_MS + seed * 777 });
    const luck = draw() / (isMute ? 0.02 : calm ? 0.2 : 1);
    if (luck < 0.002) tell({ type: 'linkDown' });
    else if (luck < 0.006) tell({ type: 'linkUp' });
    else if (luck < 0.008) tell({ type: 'timeSync', epochMs: EPOCH_MS + seed * 777 + tick * 20 });
    else if (luck < 0.009)
      tell({ type: 'rate', slotMs: pick([5000, 0, 33, 1000, 65_535, 5100, 2500], seed, tick) });
    else if (luck < 0.0095) tell({ type: 'mode', mode: draw() < 0.6 ? 'features' : settings.mode });
    else if (luck < 0.012) tell({ type: 'button' });
    else if (luck < 0.013) tell({ type: 'identify' });
    else if (luck < 0.014) tell({ type: 'updateOffer', firmware: 0x1041, hash: 5 });
    else if (luck < 0.016) script.bytes(Uint8Array.from({ length: 40 }, () => 1 + Math.floor(draw() * 255)));
    else if (luck < 0.017) script.bytes(sealMessage([0x83, 1, 2, 3]));
    else if (luck < 0.018) {
      device.batteryMv = reportedBatteryMv(3000 + draw() * 1200);
      script.battery(device.batteryMv);
    } else if (luck < 0.0195) {
      start(
        pick([ResetCause.powerOn, ResetCause.external, ResetCause.brownOut, ResetCause.watchdog], seed, tick),
      );
    } else if (luck < 0.02) {
      const nextSeq = 0xfffffffd;
      if (device.twin.nextSeq < nextSeq) {
        script.bytes(sealMessage([0x8e, 0xfd, 0xff, 0xff, 0xff]));
        device.twin.nextSeq = nextSeq;
      }
    }
    // Noise leaves a message begun: its end is lost with the next one, which must be none of ours.
    if (luck >= 0.014 && luck < 0.016) script.bytes(Uint8Array.of(0));
  }
  return frames;
}

/** For a message of what differs. */
export function describeFrame(bytes: Uint8Array): string {
  return `kind ${bytes[1]} flags ${bytes[2]} boot ${bytes[8]! | (bytes[9]! << 8)} seq ${readU32(bytes, 12)}: ${Buffer.from(bytes).toString('hex')}`;
}
