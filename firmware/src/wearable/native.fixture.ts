import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ResetCause } from '@gaitway/contract';
import { reportedBatteryMv } from '../board/battery-converter.ts';
import { encodeDown } from '../link/down-message.ts';
import { type UpMessage, UpReader } from '../link/up-reader.ts';
import { pulseAt } from './pulse.fixture.ts';
import type { Sent, Trace } from './trace.fixture.ts';

const FOLDER = fileURLToPath(new URL('../../wearable/', import.meta.url));
const MODE = { features: 0, raw: 1 } as const;

/** `native`: the portable part, compiled for this machine. `referee`: the hex in simavr. */
export type Target = 'native' | 'referee';

const COMMAND: Readonly<Record<Target, readonly [string, ...string[]]>> = {
  native: [`${FOLDER}dist/native`],
  referee: [`${FOLDER}dist/referee`, `${FOLDER}image/wearable-test.hex`],
};

/** Why it cannot be tried on this machine; `undefined`: it can. */
export function whyNot(target: Target): string | undefined {
  for (const tool of ['gcc', 'make'])
    if (spawnSync(tool, ['--version']).error !== undefined) return `${tool} is not installed`;
  if (target === 'referee' && !existsSync('/usr/include/simavr/sim_avr.h'))
    return 'libsimavr-dev is not installed';
  return undefined;
}

export function build(target: Target): void {
  execFileSync('make', ['-s', '-C', FOLDER, target], { stdio: 'inherit' });
}

/** The script of `firmware/wearable/native/harness.c`, and the tick that each of its lines belongs to. */
function scriptOf(trace: Trace): { lines: string[]; tickOf: number[] } {
  const lines: string[] = [];
  const tickOf: number[] = [];
  let tick = -1;
  const write = (line: string): void => {
    lines.push(line);
    tickOf.push(tick);
  };
  const { device, placement, accelRange, gyroRange, mode, slotMs, boot, imageHash, hasHub } = trace.settings;
  const batteries = [...trace.batteryMv];
  const battery = (): void => {
    while (batteries.length > 0 && batteries[0]!.fromTick <= tick)
      write(`B ${reportedBatteryMv(batteries.shift()!.batteryMv)}`);
  };
  write(
    `P ${device} ${placement} ${accelRange} ${gyroRange} ${MODE[mode]} ${slotMs} ${boot} ${hasHub ? 1 : 0}`,
  );
  battery();
  write(`S ${ResetCause.powerOn} ${imageHash}`);
  for (tick = 0; tick < trace.ticks; tick++) {
    battery();
    if (hasHub) write(`H ${pulseAt(trace.pulses, tick) ?? '-'}`);
    const sample = trace.samples.subarray(6 * tick, 6 * tick + 6);
    write(trace.answers[tick] === 0 ? 'M' : `T ${sample.join(' ')}`);
    for (const step of trace.after.get(tick) ?? []) {
      if (step.do === 'start') write(`S ${step.cause} ${imageHash}`);
      else {
        const bytes = step.do === 'message' ? encodeDown(step.message) : step.bytes;
        write(`R ${Buffer.from(bytes).toString('hex')}`);
      }
    }
  }
  return { lines, tickOf };
}

/** What the C says to a script, and to which of its lines, from 0. */
export function said(target: Target, lines: readonly string[]): { line: number; message: UpMessage }[] {
  const [program, ...args] = COMMAND[target];
  const { status, stdout, stderr } = spawnSync(program, args, {
    input: `${lines.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(0, 2000)}`);
  const reader = new UpReader();
  const found: { line: number; message: UpMessage }[] = [];
  for (const row of stdout.split('\n')) {
    const [number, hex] = row.split(' ');
    if (hex === undefined) continue;
    for (const value of Buffer.from(hex, 'hex')) {
      const message = reader.push(value);
      if (message !== undefined) found.push({ line: Number(number) - 1, message });
    }
  }
  return found;
}

/** What the C sends in a life. Throws on a byte that belongs to no message. */
export function playOn(target: Target, trace: Trace): Sent[] {
  const { lines, tickOf } = scriptOf(trace);
  const sent: Sent[] = [];
  for (const { line, message } of said(target, lines)) {
    const tick = tickOf[line]!;
    if (message.type === 'damaged') throw new Error(`tick ${tick}: ${message.says}`);
    if (message.type === 'frame')
      sent.push({ tick, flight: message.flight, hex: Buffer.from(message.bytes).toString('hex') });
  }
  return sent;
}
