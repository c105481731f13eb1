import { type ChildProcess, fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { LoadMessage, LoadOrder, LoadReport, ServerReport } from './bench/bench-messages.ts';

/**
 * What a connection and a message cost with the lean and with the official client, in turn, each in its own
 * process, against a bare socket.io server in a third. `node dist/transport/transport-bench.js --json`
 */
const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string', default: '1' },
    repeats: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
    'lean-only': { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

const connections = count('connections', values.connections);
const seconds = count('seconds', values.seconds);
const rate = count('rate', values.rate);
const repeats = count('repeats', values.repeats);

/** The measures of one transport in one repeat. */
interface Figures {
  cpuMicrosPerMessage: number;
  systemCpuMicrosPerMessage: number;
  harnessCpuMicrosPerMessage: number;
  netCpuMicrosPerMessage: number;
  residentKbPerConnection: number;
  rssKbPerConnection: number;
  heapKbPerConnection: number;
  serverCpuMicrosPerMessage: number;
  ackP50Ms: number;
  ackP99Ms: number;
}

interface Spread {
  median: number;
  min: number;
  max: number;
}

type Transport = LoadOrder['transport'];
const TRANSPORTS: Transport[] = values['lean-only'] ? ['lean'] : ['lean', 'official'];
const MEASURES: readonly (readonly [keyof Figures, string])[] = [
  ['cpuMicrosPerMessage', 'client CPU, us per acknowledged message'],
  ['systemCpuMicrosPerMessage', '  of which the kernel, us'],
  ['harnessCpuMicrosPerMessage', '  of which the schedule of the benchmark, us'],
  ['netCpuMicrosPerMessage', 'client CPU without that schedule, us'],
  ['residentKbPerConnection', "client RSS but for V8's young heap, kB per connection"],
  ['rssKbPerConnection', 'client RSS, kB per connection (idle)'],
  ['heapKbPerConnection', 'client JS heap, kB per connection (idle)'],
  ['serverCpuMicrosPerMessage', 'server CPU, us per message'],
  ['ackP50Ms', 'acknowledgement p50 from due time, ms'],
  ['ackP99Ms', 'acknowledgement p99 from due time, ms'],
];

const figures: Record<Transport, Figures[]> = { lean: [], official: [] };
for (let repeat = 0; repeat < repeats; repeat += 1) {
  // Which goes first changes, so that what else the machine begins or ends meets both.
  const inTurn = repeat % 2 === 0 ? TRANSPORTS : TRANSPORTS.toReversed();
  for (const transport of inTurn) figures[transport].push(await measure(transport));
}
report();

async function measure(transport: Transport): Promise<Figures> {
  const server = fork(new URL('./bench/echo-server.js', import.meta.url));
  const profile =
    values.profile === undefined
      ? []
      : ['--cpu-prof', '--cpu-prof-interval=250', `--cpu-prof-dir=${values.profile}`];
  const load = fork(new URL('./bench/load-process.js', import.meta.url), {
    execArgv: ['--expose-gc', ...profile],
  });
  try {
    const port = await received<number>(server);
    const order: LoadOrder = { transport, url: `http://127.0.0.1:${port}`, connections, seconds, rate };
    load.send(order);
    await received<LoadMessage>(load);
    const serverBefore = await ask(server);
    const result = (await received<LoadMessage>(load)) as LoadReport;
    const serverAfter = await ask(server);
    if (result.unanswered > 0 || result.disconnected > 0) {
      throw new Error(
        `${transport}: ${result.unanswered} messages were not answered and ${result.disconnected} links ended. ` +
          'The figures would not be of what was asked: take fewer --connections.',
      );
    }
    const kbOver = (bytes: number, beforeBytes: number) => (bytes - beforeBytes) / 1024 / connections;
    return {
      cpuMicrosPerMessage: result.cpuMicros / result.acknowledged,
      systemCpuMicrosPerMessage: result.systemCpuMicros / result.acknowledged,
      harnessCpuMicrosPerMessage: result.harnessCpuMicros / result.acknowledged,
      netCpuMicrosPerMessage: (result.cpuMicros - result.harnessCpuMicros) / result.acknowledged,
      residentKbPerConnection: kbOver(
        result.idle.rssBytes - result.idle.youngBytes,
        result.before.rssBytes - result.before.youngBytes,
      ),
      rssKbPerConnection: kbOver(result.idle.rssBytes, result.before.rssBytes),
      heapKbPerConnection: kbOver(result.idle.heapBytes, result.before.heapBytes),
      serverCpuMicrosPerMessage:
        (serverAfter.cpuMicros - serverBefore.cpuMicros) / (serverAfter.answered - serverBefore.answered),
      ackP50Ms: result.ackP50Ms,
      ackP99Ms: result.ackP99Ms,
    };
  } finally {
    await Promise.all([ended(load), ended(server)]);
  }
}

function report(): void {
  const rows = MEASURES.map(([measure, title]) => {
    const lean = spread(figures.lean.map((one) => one[measure]));
    const official = spread(figures.official.map((one) => one[measure]));
    return { measure, title, lean, official, ratio: lean.median / official.median };
  });
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ connections, seconds, rate, repeats, node: process.version, rows }, null, 2)}\n`,
    );
    return;
  }
  const show = ({ median, min, max }: Spread) =>
    `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
  const line = (...cells: string[]) =>
    `${cells[0]!.padEnd(46)}${cells
      .slice(1)
      .map((cell) => cell.padStart(26))
      .join('')}\n`;
  process.stdout.write(
    `${connections} connections, ${rate} frame(s) of 106 bytes per second each, ${seconds} s, median (lowest to highest) of ${repeats}\n\n` +
      line('', 'lean', 'official', 'lean / official') +
      rows.map((row) => line(row.title, show(row.lean), show(row.official), row.ratio.toFixed(3))).join(''),
  );
}

function spread(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

function received<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) =>
      reject(new Error(`A benchmark process ended early, with code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as T);
    });
  });
}

function ask(server: ChildProcess): Promise<ServerReport> {
  const answer = received<ServerReport>(server);
  server.send('report');
  return answer;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.disconnect();
  });
}

function count(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    process.stderr.write(`--${flag} is "${text}": give a whole number from 1.\n`);
    process.exit(104);
  }
  return value;
}
