import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import type { RunEnvironment, StoreKind } from '@gaitway/contract';
import type { TargetSettings } from './archive-over-http.ts';

const KINDS: readonly [RegExp, StoreKind][] = [
  [/^lmdb|^embedded/, 'embedded'],
  [/^redis/, 'redis'],
  [/^mongo/, 'mongo'],
  [/^memory/, 'memory'],
  [/^off|^none/, 'off'],
];

function kindOf(name: string | undefined): StoreKind {
  return KINDS.find(([pattern]) => pattern.test(name ?? ''))?.[1] ?? 'unknown';
}

/** Where and on what it ran. `settings`: what the target says of itself; a foreign target may say nothing. */
export function environmentOf(
  target: RunEnvironment['target'],
  transport: string,
  settings: TargetSettings | undefined,
): RunEnvironment {
  const { durability, stores } = settings ?? {};
  return {
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      platform: platform(),
      release: release(),
      architecture: arch(),
      descriptorsMax: descriptorsMax(),
    },
    node: process.versions.node,
    target,
    transport,
    stores: {
      readingLog: {
        kind: kindOf(stores?.log),
        durability:
          durability?.level === 'process' || durability?.level === 'machine' ? durability.level : 'unknown',
        known:
          durability?.known === 'checked' || durability?.known === 'declared' ? durability.known : 'unknown',
        detail: durability?.detail ?? 'the target does not say',
      },
      archive: { kind: kindOf(stores?.archive), detail: stores?.archive ?? 'the target does not say' },
      cache: { kind: kindOf(stores?.cache), detail: stores?.cache ?? 'the target does not say' },
    },
  };
}

/** Files and sockets that one process may hold, where the system says so. */
function descriptorsMax(): number | null {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    return line ? Number(line[1]) : null;
  } catch {
    return null;
  }
}
