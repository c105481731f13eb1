import {
  flag,
  type Infer,
  list,
  map,
  nullable,
  number,
  object,
  oneOf,
  text,
  whole,
} from './schema-builder.ts';

export const STORE_KINDS = ['embedded', 'redis', 'mongo', 'memory', 'off', 'unknown'] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

export const ENVIRONMENT = object('Where and on what it ran: without it a figure says nothing.', {
  machine: object('The machine of the generator.', {
    processor: text('Name of the processor.'),
    cores: whole('Cores that may be used.'),
    memoryBytes: whole('Memory.'),
    platform: text('Operating system.'),
    release: text('Its release.'),
    architecture: text('Its architecture.'),
    descriptorsMax: nullable(whole('Files and sockets that one process may hold.')),
  }),
  node: text('Version of Node.js.'),
  target: object('What was loaded.', {
    url: text('Where it was.'),
    own: flag('True: a reference server that this run started.'),
    instances: whole('Server processes; 0: not known.'),
  }),
  transport: text('The transport of the devices: lean, official or memory.'),
  stores: object('What it stored in, and what its acknowledgement promises.', {
    readingLog: object('The reading log.', {
      kind: oneOf('Adapter.', STORE_KINDS),
      durability: oneOf('What an acknowledged reading survives: a killed process, or power loss.', [
        'process',
        'machine',
        'none',
        'unknown',
      ]),
      known: oneOf("Read from the store's own configuration, or only told.", [
        'checked',
        'declared',
        'unknown',
      ]),
      detail: text('The settings that it follows from.'),
    }),
    archive: object('The archive.', { kind: oneOf('Adapter.', STORE_KINDS), detail: text('More of it.') }),
    cache: object('The cache.', {
      kind: oneOf('Adapter, or off.', STORE_KINDS),
      detail: text('More of it.'),
    }),
  }),
});
export type RunEnvironment = Infer<typeof ENVIRONMENT>;

export const PROCESS_USAGE = object('What one process used over the whole run.', {
  name: text('Such as server-0 or worker-1.'),
  role: oneOf('What it did.', ['server', 'worker', 'coordinator', 'viewer', 'store', 'other']),
  pid: whole('Process id.'),
  cpuUserMs: number('CPU time in user mode, ms.'),
  cpuSystemMs: number('CPU time in system mode, ms.'),
  residentBytesMax: nullable(whole('Most memory that was resident.')),
  gcPauseMs: nullable(number('Time that garbage collection took, ms.')),
  eventLoopDelayMsP99: nullable(number('Delay of the event loop over the whole run, 99th percentile, ms.')),
  eventLoopDelayMsMax: nullable(number('Longest delay of the event loop, ms.')),
});
export type ProcessUsage = Infer<typeof PROCESS_USAGE>;

export const STAGE = object(
  'CPU of one stage: synchronous sections timed on every 64th call and scaled. With `unattributed` they sum to the CPU of the process. Where they were estimated to more, because the machine gave the core to others inside a timed section, they are scaled down to it, `unattributed` is 0 and `notes` gives both figures.',
  {
    stage: text('Stage of the pipeline or the fleet, or unattributed.'),
    process: text('Process, as in processes[].name.'),
    cpuMs: number('CPU time, ms.'),
    calls: whole('Calls; 0 for unattributed.'),
    cpuUsPerReading: nullable(number('CPU time for each reading, us.')),
  },
);
export type StageUsage = Infer<typeof STAGE>;

export const CANARIES = object('Devices that were real firmware on an emulated board, beside twins.', {
  devices: whole('How many: the last patients of the population.'),
  firmware: text('Version that the program tells of itself.'),
  imageSha256: text('SHA-256 of the program as it was read, hexadecimal.'),
  busyShareMax: number('Share of its time in which the busiest chip worked.'),
  resets: map('Restarts of chips during the run, by cause.', whole('Restarts.')),
  logs: map("Lines of the chips' logs, by code (docs/firmware-link.md); starts left out.", whole('Lines.')),
  damaged: whole('Messages of chips to their modems that could not be read.'),
  hung: list('Chips that nothing helped any more, one sentence each.', text('A sentence.')),
});

const HISTOGRAM = list('Bucket and count, alternating; see sparse-histogram.ts.', whole('Bucket or count.'));
const EACH_SECOND = list('One value a step.', number('Value.'));

export const SERIES = object('The run, second by second; every list has one entry a step.', {
  startMs: number('Moment of the first step, ms since the epoch.'),
  stepMs: whole('Length of a step, ms.'),
  counts: map(
    'Counts in a step (sent, acknowledged, ...) or levels at its end (connected, ...), by name.',
    EACH_SECOND,
  ),
  ackLatency: list('Of the readings acknowledged in a step.', HISTOGRAM),
  freshnessReading: list(
    'Of the readings seen or passed over in a step; those never seen are in the step in which the viewers left.',
    HISTOGRAM,
  ),
  freshnessWindow: list('The same of windows.', HISTOGRAM),
  processes: map(
    'By name of the process.',
    object('What it used.', {
      cpuRatio: list('CPU, in cores; null: not known.', nullable(number('Cores.'))),
      residentBytes: list('Resident memory; null: not known.', nullable(number('Bytes.'))),
    }),
  ),
  marks: list(
    'What happened when.',
    object('A mark.', {
      atMs: number('When, ms since the epoch.'),
      kind: oneOf('What it marks.', ['phase', 'fault', 'note']),
      says: text('In words.'),
    }),
  ),
});
export type RunSeries = Infer<typeof SERIES>;
