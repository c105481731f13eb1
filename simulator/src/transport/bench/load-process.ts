import { getHeapSpaceStatistics } from 'node:v8';
import { realClock } from '@gaitway/reference-server/real-clock';
import { LeanTransport } from '../lean/lean-transport.ts';
import { OfficialTransport } from '../official/official-transport.ts';
import type { DeviceLink, DeviceLinkListener, DeviceTransport, LinkTarget } from '../transport.ts';
import type { LoadMessage, LoadOrder, Memory } from './bench-messages.ts';

/** A features frame of one reading. */
const FRAME_BYTES = 106;
/** Connections that may be coming up at once. */
const RAMP_WIDTH = 200;
/** Enough to have every code path compiled before memory is first read. */
const WARM_UP = { connections: 50, rounds: 100 };
const TICK_MS = 10;
const HARNESS_SECONDS = 2;
/** About as long as a signed token with patient and device in it. */
const TOKEN = 'x'.repeat(220);

const frame = new Uint8Array(FRAME_BYTES).fill(7);
let disconnected = 0;
let acknowledged = 0;
let latenciesMs = new Float32Array(0);

/** When which message is due: probe i of n sends its k-th at (k n + i) / `perMs` after the start. */
interface Schedule {
  startMs: number;
  probes: number;
  perMs: number;
}
let measured: Schedule | undefined;

/** The least a device can be: it knows its place in the schedule. */
class Probe implements DeviceLinkListener {
  link: DeviceLink | undefined;
  private readonly index: number;
  private readonly up: () => void;
  private lastId = 0;
  /** Number of the first message of the steady phase, 0 before that. */
  private firstId = 0;

  constructor(index: number, up: () => void) {
    this.index = index;
    this.up = up;
  }
  connected(): void {
    this.up();
  }
  refused(code: string): void {
    throw new Error(`The echo server refused a connection: ${code}.`);
  }
  answered(messageId: number): void {
    if (measured === undefined || this.firstId === 0 || messageId < this.firstId) return;
    const turn = (messageId - this.firstId) * measured.probes + this.index;
    latenciesMs[acknowledged] = performance.now() - measured.startMs - turn / measured.perMs;
    acknowledged += 1;
  }
  command(): void {}
  disconnected(): void {
    disconnected += 1;
  }
  send(): void {
    this.lastId = this.link?.send(frame) ?? 0;
    if (this.firstId === 0 && measured !== undefined) this.firstId = this.lastId;
  }
}

function connectAll(transport: DeviceTransport, target: LinkTarget, count: number): Promise<Probe[]> {
  const probes: Probe[] = [];
  return new Promise((resolve) => {
    let up = 0;
    const next = (): void => {
      if (probes.length === count) return;
      const probe = new Probe(probes.length, oneUp);
      probes.push(probe);
      probe.link = transport.open(target, TOKEN, probe);
    };
    const oneUp = (): void => {
      up += 1;
      if (up === count) resolve(probes);
      else next();
    };
    for (let index = 0; index < Math.min(count, RAMP_WIDTH); index += 1) next();
  });
}

/** Open loop: what is due is sent, whatever came back. Resolves with how many were sent. */
function sendFor(
  probes: readonly Probe[],
  seconds: number,
  schedule: Schedule,
  sends = true,
): Promise<number> {
  const total = Math.round(schedule.perMs * 1000 * seconds);
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor((performance.now() - schedule.startMs) * schedule.perMs));
      for (; sent < due; sent += 1) {
        if (sends) probes[sent % probes.length]!.send();
      }
      if (sent < total) return;
      clearInterval(timer);
      resolve(sent);
    }, TICK_MS);
  });
}

function scheduleFromNow(probes: number, rate: number): Schedule {
  return { startMs: performance.now(), probes, perMs: (probes * rate) / 1000 };
}

async function memory(): Promise<Memory> {
  // Twice, a turn apart: closed handles let go of their memory only after their callbacks ran.
  for (let round = 0; round < 2; round += 1) {
    globalThis.gc?.();
    await pause(100);
  }
  const usage = process.memoryUsage();
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  return {
    rssBytes: usage.rss,
    youngBytes: young?.physical_space_size ?? 0,
    heapBytes: usage.heapUsed + usage.external,
  };
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

function tell(message: LoadMessage): void {
  process.send?.(message);
}

async function run(order: LoadOrder): Promise<void> {
  const transport =
    order.transport === 'lean' ? new LeanTransport(realClock) : new OfficialTransport(realClock);
  const target = { url: order.url };

  const warm = await connectAll(transport, target, WARM_UP.connections);
  for (let round = 0; round < WARM_UP.rounds; round += 1) {
    for (const probe of warm) probe.send();
    await pause(2);
  }
  for (const probe of warm) probe.link?.close();
  while (disconnected < warm.length) await pause(5);
  warm.length = 0;
  disconnected = 0;

  // Before memory is read, and written to, so that it counts for no connection.
  latenciesMs = new Float32Array(Math.round(order.connections * order.rate * order.seconds)).fill(0);
  const before = await memory();
  const probes = await connectAll(transport, target, order.connections);
  const idle = await memory();
  const harnessBefore = process.cpuUsage();
  await sendFor(probes, HARNESS_SECONDS, scheduleFromNow(probes.length, order.rate), false);
  const harness = process.cpuUsage(harnessBefore);
  await sendFor(probes, 2, scheduleFromNow(probes.length, order.rate));

  tell({ kind: 'steady' });
  measured = scheduleFromNow(probes.length, order.rate);
  const cpuBefore = process.cpuUsage();
  const sent = await sendFor(probes, order.seconds, measured);
  // What is still on its way counts if it comes within a second.
  for (let waited = 0; acknowledged < sent && waited < 1000; waited += TICK_MS) await pause(TICK_MS);
  const { user, system } = process.cpuUsage(cpuBefore);

  latenciesMs = latenciesMs.subarray(0, acknowledged).sort();
  const quantile = (share: number) => latenciesMs[Math.ceil(share * latenciesMs.length) - 1] ?? Number.NaN;
  tell({
    kind: 'report',
    cpuMicros: user + system,
    systemCpuMicros: system,
    harnessCpuMicros: ((harness.user + harness.system) / HARNESS_SECONDS) * order.seconds,
    sent,
    acknowledged,
    unanswered: sent - acknowledged,
    disconnected,
    before,
    idle,
    ackP50Ms: quantile(0.5),
    ackP99Ms: quantile(0.99),
  });
}

process.on('message', (order: LoadOrder) => void run(order));
process.on('disconnect', () => process.exit());
