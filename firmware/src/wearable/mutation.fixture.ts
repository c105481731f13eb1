import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createScanner, SyntaxKind } from 'typescript/unstable/ast';
import type { TickedDevice } from '../twin/ticked-device.ts';

const TWIN = new URL('../../dist/twin/', import.meta.url);
const CONTRACT = import.meta.resolve('@gaitway/contract');

/** The modules that the twin is made of, each behind those that it imports. */
export const MODULES = [
  'features/isqrt.js',
  'features/log2.js',
  'features/tilt.js',
  'features/bands.js',
  'features/energy-weights.js',
  'features/band-energy.js',
  'features/step-counter.js',
  'features/feature-extractor.js',
  'frame-room.js',
  'settings.js',
  'fall-detector.js',
  'held-frame.js',
  'twin.js',
  'slot-samples.js',
  'pulse-hub.js',
  'pulse-meter.js',
  'ticked-device.js',
] as const;
export type Module = (typeof MODULES)[number];

/** One change of one token. */
export interface Mutation {
  module: Module;
  /** Of the transpiled module, from 0. */
  at: number;
  from: string;
  to: string;
  /** The line in which it lies, before the change. */
  line: string;
  /** Counts the same changes in lines of the same text, from 0. */
  which: number;
}

/** What a token becomes. Loops' headers are left alone: a loop that never ends is found, but only by waiting. */
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ['+', '-'],
  ['-', '+'],
  ['*', '+'],
  ['/', '*'],
  ['%', '+'],
  ['<', '<='],
  ['<=', '<'],
  ['>', '>='],
  ['>=', '>'],
  ['===', '!=='],
  ['!==', '==='],
  ['&&', '||'],
  ['||', '&&'],
  ['&', '|'],
  ['|', '&'],
  ['<<', '>>'],
  ['>>', '>>>'],
  ['+=', '-='],
  ['-=', '+='],
]);
const ROUNDING: ReadonlyMap<string, string> = new Map([
  ['trunc', 'floor'],
  ['floor', 'ceil'],
  ['round', 'floor'],
  ['min', 'max'],
  ['max', 'min'],
]);

function mutated(kind: SyntaxKind, text: string, before: string): string | undefined {
  if (kind === SyntaxKind.NumericLiteral) return String(Number(text.replaceAll('_', '')) + 1);
  if (kind === SyntaxKind.TrueKeyword) return 'false';
  if (kind === SyntaxKind.FalseKeyword) return 'true';
  if (kind === SyntaxKind.Identifier) return before === '.' ? ROUNDING.get(text) : undefined;
  return OPERATORS.get(text);
}

export function sourceOf(module: Module): string {
  return readFileSync(fileURLToPath(new URL(module, TWIN)), 'utf8');
}

/** Every mutation that one token of a module allows. */
export function mutationsOf(module: Module): Mutation[] {
  const source = sourceOf(module);
  const scanner = createScanner(true);
  scanner.setText(source);
  const found: Mutation[] = [];
  /** Open braces; `true`: of a template, whose text goes on behind it. */
  const braces: boolean[] = [];
  /** How deep in the parentheses of a loop's header. */
  let header = 0;
  let before = '';
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    if (kind === SyntaxKind.GreaterThanToken) kind = scanner.reScanGreaterToken();
    if (kind === SyntaxKind.TemplateHead) braces.push(true);
    else if (kind === SyntaxKind.OpenBraceToken) braces.push(false);
    else if (kind === SyntaxKind.CloseBraceToken && braces.pop()) {
      kind = scanner.reScanTemplateToken(false);
      if (kind === SyntaxKind.TemplateMiddle) braces.push(true);
    }
    const text = scanner.getTokenText();
    if (text === '(' && (header > 0 || before === 'for')) header += 1;
    else if (text === ')' && header > 0) header -= 1;
    const to = header > 0 ? undefined : mutated(kind, text, before);
    if (to !== undefined) {
      const at = scanner.getTokenStart();
      const line = source.slice(source.lastIndexOf('\n', at) + 1, source.indexOf('\n', at)).trim();
      const which = found.filter((one) => one.line === line && one.from === text && one.to === to).length;
      found.push({ module, at, from: text, to, line, which });
    }
    before = text;
  }
  return found;
}

/** The device with one change in one of its modules, put together in memory. */
export async function deviceWith(mutation: Mutation | undefined): Promise<typeof TickedDevice> {
  const addresses = new Map<string, string>();
  for (const module of MODULES) {
    let source = sourceOf(module);
    if (mutation?.module === module) {
      const { at, from, to } = mutation;
      source = source.slice(0, at) + to + source.slice(at + from.length);
    }
    const linked = source.replace(/ from '([^']+)'/g, (_, from: string) => {
      if (from === '@gaitway/contract') return ` from '${CONTRACT}'`;
      const address = addresses.get(new URL(from, new URL(module, TWIN)).href);
      if (address === undefined)
        throw new Error(`${module} imports ${from}, which is not before it in MODULES`);
      return ` from '${address}'`;
    });
    const address = `data:text/javascript;base64,${Buffer.from(linked).toString('base64')}`;
    addresses.set(new URL(module, TWIN).href, address);
  }
  const last = addresses.get(new URL('ticked-device.js', TWIN).href)!;
  return ((await import(/* @vite-ignore */ last)) as { TickedDevice: typeof TickedDevice }).TickedDevice;
}
