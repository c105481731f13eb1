import { archive } from './archive.ts';
import type { Benchmark } from './benchmark.ts';
import { board } from './board.ts';
import { canaries } from './canaries.ts';
import { falls } from './falls.ts';
import { gateway } from './gateway.ts';
import { http } from './http.ts';
import { inference } from './inference.ts';
import { ledger } from './ledger.ts';
import { simulation, smokeRuns, tenThousand } from './long-runs.ts';
import { patients } from './patients.ts';
import { processor } from './processor.ts';
import { quality } from './quality.ts';
import { transport } from './transport.ts';
import { wholeDevice } from './whole-device.ts';

/** Every benchmark, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = [
  transport,
  wholeDevice,
  board,
  canaries,
  patients,
  gateway,
  processor,
  inference,
  quality,
  archive,
  ledger,
  http,
  smokeRuns,
  simulation,
  tenThousand,
  falls,
];
