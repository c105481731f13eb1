import { readFileSync } from 'node:fs';
import { EXIT_CODE, SAMPLE_RATE_HZ } from '@gaitway/contract';
import {
  checkHash,
  type FrameFields,
  parseSampleTrace,
  pulsesOfSlots,
  ReadingSource,
  readFirmware,
  samplesOfSlots,
  samplesOfTrace,
  tickMs,
  type WireEvent,
  wireTrace,
} from '@gaitway/simulator';
import { Fault } from '../fault.ts';
import { hangOf } from './hang-of.ts';

export interface TraceAsked {
  seconds?: number | undefined;
  hex?: string | undefined;
  samples?: string | undefined;
  seed: number;
  json: boolean;
}

const SECONDS_DEFAULT = 12;
const AXES = 6;
/** A date that nobody takes for the present: the trace's time is emulated. */
const START_MS = Date.parse('2026-01-05T00:00:00Z');

/** The lines of a trace: for people, or one JSON object each. */
export function* traceLines(asked: TraceAsked): Generator<string> {
  const image = readFirmware(asked.hex);
  const recorded = asked.samples === undefined ? undefined : readTrace(asked.samples);
  const seconds = asked.seconds ?? (recorded ? recorded.length / AXES / SAMPLE_RATE_HZ : SECONDS_DEFAULT);
  const source = recorded ? undefined : new ReadingSource(asked.seed);
  const samples = recorded
    ? samplesOfTrace(recorded)
    : samplesOfSlots((slot) => source!.samplesOf(0, slot), SAMPLE_RATE_HZ * 5);
  const pulses = source?.hasOpticalSensor(0)
    ? pulsesOfSlots((slot) => source.pulsesOf(0, slot)!, SAMPLE_RATE_HZ * 5)
    : undefined;
  const ticks = Math.floor(seconds * SAMPLE_RATE_HZ);
  try {
    for (const event of wireTrace({
      program: image.program,
      samples,
      ticks,
      startMs: START_MS,
      ...(pulses ? { pulses } : {}),
    })) {
      if (event.from === 'chip' && event.type === 'frame' && typeof event.frame !== 'string') {
        const { imageHash } = event.frame.payload;
        if (typeof imageHash === 'number') checkHash(image, imageHash);
      }
      yield asked.json ? JSON.stringify(jsonOf(event)) : lineOf(event);
    }
  } catch (error) {
    throw hangOf(image, error);
  }
}

function readTrace(file: string): Int16Array {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault(
      'no_samples',
      `--samples: ${error instanceof Error ? error.message : String(error)}`,
      'Name a CSV file.',
      EXIT_CODE.badInput,
    );
  }
  return parseSampleTrace(text, file);
}

function jsonOf({ tick, from, ...rest }: WireEvent) {
  return { tick, ms: tick < 0 ? null : tickMs(tick), from, ...rest };
}

const LOG_SAYS: Readonly<Record<number, string>> = {
  1: 'started, boot',
  2: 'identify: the lamp is lit',
  3: 'update offer seen, firmware',
  4: 'the sensor does not answer any more',
  5: 'the sensor answers again',
  6: 'held frames were damaged by a reset',
  7: 'the hub of the optical sensor does not answer',
  8: 'the hub answers again',
};

function lineOf(event: WireEvent): string {
  const at = event.tick < 0 ? 'start' : `${(tickMs(event.tick) / 1000).toFixed(2)} s`;
  const way = event.from === 'chip' ? 'chip  ->' : 'modem <-';
  return `${at.padStart(10)}  ${String(event.tick).padStart(6)}  ${way}  ${saysOf(event)}`;
}

function saysOf(event: WireEvent): string {
  if (event.from === 'modem') {
    const { tick: _, from: __, type, ...fields } = event;
    return [type, ...Object.entries(fields).map(([name, value]) => `${name} ${value}`)].join('  ');
  }
  switch (event.type) {
    case 'frame':
      return `frame ${event.flight}  ${typeof event.frame === 'string' ? event.frame : frameText(event.frame)}`;
    case 'log':
      return `log ${event.code}  ${LOG_SAYS[event.code] ?? 'unknown'} ${event.value}`;
    case 'damaged':
      return `damaged: ${event.says}  ${event.hex}`;
    case 'reset':
      return `reset, cause ${event.cause}`;
  }
}

/** Header on one line, payload on the next ones, indented. */
function frameText({ payload, kind, flags, ...header }: FrameFields): string {
  const fields = Object.entries(header).map(([name, value]) => `${name} ${value}`);
  const values = Object.entries(payload).map(([name, value]) => `${name} ${value}`);
  const rows: string[] = [];
  for (let i = 0; i < values.length; i += 6)
    rows.push(`\n${' '.repeat(30)}${values.slice(i, i + 6).join('  ')}`);
  return `${kind}  ${fields.join('  ')}  flags ${flags.length === 0 ? 'none' : flags.join('+')}${rows.join('')}`;
}
