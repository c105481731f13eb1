import type { Benchmark } from './benchmark.ts';
import { rowOf, type Spread } from './row.ts';
import { moduleOf, runScript } from './script.ts';

interface Measured {
  median: number;
  min: number;
  max: number;
}
interface TransportReport {
  rows: { measure: string; lean: Measured; official: Measured }[];
}

const spread = ({ median, min, max }: Measured): Spread => ({ median, least: min, most: max });

/**
 * A worker's share of a large fleet. With 2,000 the lean client is so far ahead of the server that it wakes up
 * for most answers (0.6 to 0.8 voluntary context switches a message; socket.io-client, being busier, 0.12).
 */
const CONNECTIONS = 5000;
/** Frames per second and connection. */
const RATE = 1;

/**
 * The transport alone: the same payload on the lean client and on socket.io-client, in turn. What is judged
 * has the schedule in it, with either client: to subtract it, as measured at another moment, would add its noise.
 */
export const transport: Benchmark = {
  name: 'transport',
  says: 'the lean transport beside socket.io-client, without twin and ledger',
  long: false,
  estimateSeconds: ({ repeats, quick }) => repeats * (quick ? 36 : 44),
  async run(context) {
    const { repeats, quick, progress } = context;
    const seconds = quick ? 4 : 8;
    progress(
      `${CONNECTIONS} connections with ${RATE} frame(s) a second each, ${repeats} times with either client`,
    );
    const output = await runScript(
      moduleOf('simulator', './transport/transport-bench.js'),
      [
        '--json',
        ...['--connections', String(CONNECTIONS), '--rate', String(RATE)],
        ...['--repeats', String(repeats), '--seconds', String(seconds)],
      ],
      { limitSeconds: 60 + repeats * 160 },
    );
    const { rows } = JSON.parse(output) as TransportReport;
    const row = (measure: string, says: string, unit: string, atMost?: number) => {
      const found = rows.find((one) => one.measure === measure);
      if (!found) throw new Error(`the transport benchmark does not report ${measure}`);
      return rowOf(says, unit, spread(found.lean), {
        alternative: { name: 'socket.io-client', ...spread(found.official) },
        ...(atMost === undefined ? {} : { goal: { of: 'ratio', atMost } }),
      });
    };
    return [
      row('cpuMicrosPerMessage', 'transport, CPU per message', 'us', 0.5),
      row('harnessCpuMicrosPerMessage', 'transport, CPU of the schedule of the benchmark in it', 'us'),
      // V8's young generation grows to a bound of its own in the burst of connecting, with either client.
      row('residentKbPerConnection', "transport, memory per connection but for V8's young heap", 'kB', 0.2),
      row('rssKbPerConnection', 'transport, memory per connection with it', 'kB'),
      row('heapKbPerConnection', 'transport, JavaScript heap per connection', 'kB'),
    ];
  },
};
