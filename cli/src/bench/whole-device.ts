import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Benchmark, repeated } from './benchmark.ts';
import { BenchProcess } from './child-process.ts';
import type { WholeDeviceFigures, WholeDeviceOrder } from './processes/whole-device.ts';
import { rowOf, spreadOf } from './row.ts';
import { BENCH_SECRET, startEchoServer } from './server-under-load.ts';

/** A worker's share of a large fleet; with fewer, most of the figure is the process waking up. */
const PATIENTS = 5000;
const SLOT_MS = 1000;

/** Everything that a fleet worker does for a reading, against a server that acknowledges at once. */
export const wholeDevice: Benchmark = {
  name: 'device',
  says: 'the whole device: schedule, twin, ledger, latency, lean transport',
  long: false,
  estimateSeconds: ({ repeats, quick }) => repeats * (quick ? 32 : 38),
  async run(context) {
    const figures = await repeated(context, '5,000 whole devices with one reading a second', () =>
      measure(context.quick),
    );
    return [
      rowOf('whole device, CPU per reading', 'us', spreadOf(figures.map((one) => one.cpuMicrosPerReading)), {
        goal: { of: 'value', atMost: 25 },
      }),
      rowOf(
        'whole device, of that the kernel',
        'us',
        spreadOf(figures.map((one) => one.systemCpuMicrosPerReading)),
      ),
      rowOf(
        'whole device, heap and buffers per device',
        'kB',
        spreadOf(figures.map((one) => one.heapKbPerDevice)),
      ),
    ];
  },
};

async function measure(quick: boolean): Promise<WholeDeviceFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'gaitway-bench-'));
  const server = await startEchoServer();
  const fleet = new BenchProcess(
    'the fleet of the benchmark',
    new URL('./processes/whole-device.js', import.meta.url).href,
    ['--expose-gc'],
  );
  const order: WholeDeviceOrder = {
    type: 'play',
    url: server.url,
    patients: PATIENTS,
    slotMs: SLOT_MS,
    warmUpSeconds: 10,
    seconds: quick ? 6 : 12,
    folder,
    tokenSecret: BENCH_SECRET,
  };
  try {
    return await fleet.ask<WholeDeviceFigures>(order, 'played');
  } finally {
    await fleet.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
