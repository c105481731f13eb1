import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type DownMessage, encodeDown } from '../board/link/down-message.ts';
import { UpReader } from '../board/link/up-reader.ts';
import type { Sent, TwinDeviceSettings } from './twin-device.fixture.ts';

const FOLDER = fileURLToPath(new URL('../../wearable/', import.meta.url));
const MODE = { features: 0, raw: 1 } as const;

/** Why the C of the firmware cannot be tried on this machine; `undefined`: it can. */
export function whyNot(): string | undefined {
  for (const tool of ['gcc', 'make']) {
    if (spawnSync(tool, ['--version']).error !== undefined) return `${tool} is not installed`;
  }
  return undefined;
}

/** `native`: the portable part, compiled for this machine. `referee`: the hex in simavr. */
export function build(target: 'native' | 'referee'): void {
  execFileSync('make', ['-s', '-C', FOLDER, target], { stdio: 'inherit' });
}

/** Programs that take a script, as `spawn` wants them. */
export const NATIVE: readonly string[] = [`${FOLDER}dist/native`];
export const REFEREE: readonly string[] = [`${FOLDER}dist/referee`, `${FOLDER}image/wearable-test.hex`];

/** A script for `firmware/wearable/native/harness.c`, and what it answers. */
export class NativeScript {
  private readonly lines: string[] = [];

  begin(settings: TwinDeviceSettings, batteryMv: number): void {
    const { device, placement, accelRange, gyroRange, mode, slotMs, boot } = settings;
    this.lines.push(`P ${device} ${placement} ${accelRange} ${gyroRange} ${MODE[mode]} ${slotMs} ${boot}`);
    this.battery(batteryMv);
  }

  battery(batteryMv: number): void {
    this.lines.push(`B ${batteryMv}`);
  }

  start(cause: number, imageHash: number): void {
    this.lines.push(`S ${cause} ${imageHash}`);
  }

  tick(sample?: ArrayLike<number>): void {
    this.lines.push(sample === undefined ? 'M' : `T ${Array.from(sample).join(' ')}`);
  }

  message(message: DownMessage): void {
    this.bytes(encodeDown(message));
  }

  bytes(bytes: Uint8Array): void {
    this.lines.push(`R ${Buffer.from(bytes).toString('hex')}`);
  }

  /** Number of the line that comes next, from 1. */
  get nextLine(): number {
    return this.lines.length + 1;
  }

  /** The frames that the C sends, each with the line that made it. Throws on a byte that belongs to no message. */
  run([program, ...args]: readonly string[] = NATIVE): (Sent & { line: number })[] {
    const { status, stdout, stderr } = spawnSync(program!, args, {
      input: `${this.lines.join('\n')}\n`,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(0, 2000)}`);
    const reader = new UpReader();
    const frames: (Sent & { line: number })[] = [];
    for (const row of stdout.split('\n')) {
      const [number, hex] = row.split(' ');
      if (hex === undefined) continue;
      for (const value of Buffer.from(hex, 'hex')) {
        const message = reader.push(value);
        if (message?.type === 'damaged') throw new Error(`line ${number}: ${message.says}`);
        if (message?.type === 'frame')
          frames.push({ line: Number(number), flight: message.flight, bytes: message.bytes });
      }
    }
    return frames;
  }
}
