import { AUDIT_CATEGORIES } from '../audit-categories.ts';
import {
  flag,
  type Infer,
  list,
  map,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
  whole,
} from './schema-builder.ts';

/** What is kept of many times. Without samples every value is `null`: a number would be a lie. */
const LATENCY_FIELDS = {
  count: whole('Samples.'),
  minMs: nullable(number('The least, ms.')),
  meanMs: nullable(number('The mean, ms.')),
  p50Ms: nullable(number('Half of the samples are at most this, ms.')),
  p90Ms: nullable(number('90 % of the samples are at most this, ms.')),
  p95Ms: nullable(number('95 % of the samples are at most this, ms.')),
  p99Ms: nullable(number('99 % of the samples are at most this, ms.')),
  p999Ms: nullable(number('99.9 % of the samples are at most this, ms.')),
  maxMs: nullable(number('The largest, ms.')),
};
export const LATENCY_SUMMARY = object(
  'A distribution of times, from HDR histograms merged over the workers.',
  LATENCY_FIELDS,
);
export type LatencySummary = Infer<typeof LATENCY_SUMMARY>;

/** A summary of nothing. */
export const LATENCY_SUMMARY_EMPTY: Readonly<LatencySummary> = {
  count: 0,
  minMs: null,
  meanMs: null,
  p50Ms: null,
  p90Ms: null,
  p95Ms: null,
  p99Ms: null,
  p999Ms: null,
  maxMs: null,
};

const FRESHNESS_FIELDS = {
  ...LATENCY_FIELDS,
  seen: whole('Shown to the viewer before anything newer of the patient was.'),
  superseded: whole(
    'Passed over: something newer was shown first, or instead. They count with their age at that moment.',
  ),
  neverSeen: whole(
    'Neither shown nor passed over when the viewers left. They count with their age at that moment.',
  ),
};

export const FRESHNESS = object('How old what viewers see is.', {
  viewer: object(
    'One sample for each viewer, patient watched and thing that there was to see, whether it was shown or not: count = seen + superseded + neverSeen.',
    {
      reading: object('Readings due in the measure phase, from when they were due.', FRESHNESS_FIELDS),
      window: object(
        'Windows closed in the measure phase, from their closing. Of one that was never shown the server told no closing: it is taken to have closed as long after its end as the next of the patient that was shown.',
        FRESHNESS_FIELDS,
      ),
      slow: object('What the server told viewers who fell behind, whole run.', {
        notices: whole('Times that a viewer was told.'),
        dropped: whole('Updates of any kind that it said it had left out.'),
      }),
    },
  ),
});
export type RunFreshness = Infer<typeof FRESHNESS>;

export const LOAD = object('What was planned, and what became of it. Readings, unless it says otherwise.', {
  planned: whole(
    'Due in the measure phase, by the schedule, but for the slots in which a chip was written, or hung, in an update.',
  ),
  madeInMeasure: whole(
    'Made by the devices in the measure phase: as many as planned, unless the server told them another rate or the run was cut short.',
  ),
  sent: whole('Of these, sent at least once.'),
  notSentOnTime: whole('Of these, sent later than the generator limit allows, or never.'),
  acknowledged: whole('Of these, acknowledged.'),
  unacknowledged: whole(
    'Of these, sent and not acknowledged when the drain ended; they count in latency with their age.',
  ),
  retransmitted: whole('Transmissions beyond the first, whole run.'),
  droppedByDevice: whole('Given up by the device, whole run.'),
  made: whole('Readings made in the whole run: what the audit covers.'),
  commands: map('Commands that the devices got from the server, by name, whole run.', whole('How often.')),
  updates: optional(map('Updates of devices that ended, by how, whole run.', whole('How often.'))),
  rejected: map('Answers that refused a frame, by reason, whole run.', whole('How often.')),
  devices: object('Devices.', {
    planned: whole('Devices of the scenario.'),
    connected: whole(
      'Of these, devices that joined the server at least once; one whose handshake never came to its end is none.',
    ),
    reconnects: whole('Connections made again, whole run.'),
    refused: whole('Handshakes that the server refused, whole run.'),
  }),
});
export type RunLoad = Infer<typeof LOAD>;

export const CONNECTIONS = object('Connections as the operating system counts them: one for each device.', {
  deviceSocketsHeldMax: whole('Most device sockets that were open at once.'),
  viewerSocketsHeldMax: whole('Most viewer sockets that were open at once.'),
  sourceAddresses: whole(
    'Distinct source addresses that device sockets were opened from; where none was set the system chose, and that counts as one.',
  ),
  workers: whole('Worker processes that held them.'),
});
export type RunConnections = Infer<typeof CONNECTIONS>;

const IDENTITY_RANGE = object('An unbroken run of frames of one device and boot.', {
  device: whole('Device.'),
  boot: whole('Boot.'),
  fromSeq: whole('First number.'),
  toSeq: whole('Last number.'),
});

/** The audit's result as `simulator` gives it; see its `audit-result.ts` for what each category means. */
export const AUDIT = object('What the comparison of ledger and archive found.', {
  verdict: oneOf('What the audit alone says.', ['holds', 'fails', 'no-verdict']),
  reasons: list('What is missing, one sentence each.', text('A sentence.')),
  lost: whole('Acknowledged, and in no document.'),
  duplicated: whole('Counted more than once.'),
  phantom: whole('Stored, and never made or never sent.'),
  misattributed: whole("One patient's reading, stored under another."),
  wrongContent: whole('Documents that name the right readings with content that is not theirs.'),
  late: whole('Came after their window had closed and amended it. Harmless.'),
  droppedByDevice: whole('Given up by the device.'),
  unacknowledgedButStored: whole('Stored, with the acknowledgement lost. Allowed.'),
  staleAtViewer: whole('Pairs of viewer and patient where the viewer was left with old values.'),
  seenByForbiddenViewer: whole('Updates that a viewer got and may not see.'),
  compared: object('How much was compared.', {
    readings: whole('Readings of the ledger that were looked for.'),
    stored: whole('Of these, found in a document of their patient.'),
    windows: object('Windows.', {
      complete: whole('Closed after their time had passed.'),
      partial: whole('Closed before.'),
    }),
    recomputed: whole('Windows whose aggregates were recomputed from what was sent.'),
    watched: whole('Pairs of viewer and watched patient.'),
  }),
  foreign: whole('Readings of other runs in a store that is shared. Not judged.'),
  notJudged: whole('Stored readings that a broken-off ledger can neither confirm nor deny.'),
  stillOpen: optional(
    whole('Acknowledged readings that are missing from windows which may still have been open. Not judged.'),
  ),
  noExport: optional(
    flag('Nothing was compared since the target offers its archive to nobody; left out: it was not so.'),
  ),
  notClosed: optional(
    text('Why open windows were not all closed when the archive was read; left out: they were.'),
  ),
  atViewers: optional(
    object('What is known from viewers alone, and carried over by an audit after the run.', {
      phantom: whole('Of the phantoms, those that a viewer saw.'),
      reasons: list('Of the reasons, those that are about viewers.', text('A sentence.')),
    }),
  ),
  ledger: object('Readings by what became of them.', {
    made: whole('Made.'),
    acknowledged: whole('Acknowledged.'),
    dropped: whole('Dropped by the device.'),
    refused: whole('Refused for good.'),
    unacknowledged: whole('Without an acknowledgement at the end.'),
  }),
  examples: list(
    'The first few of each category.',
    object('One finding.', {
      category: oneOf('Category.', AUDIT_CATEGORIES),
      patient: text('Synthetic patient.'),
      startMs: number('Start of the window, ms since the epoch.'),
      identities: list('The readings.', IDENTITY_RANGE),
      expected: text('What should be there.'),
      found: text('What is there.'),
      says: text('The whole of it in one sentence.'),
    }),
  ),
});
export type RunAudit = Infer<typeof AUDIT>;

/** The generator's verdict as `simulator` gives it; see its `generator-health.ts` for the limits. */
export const GENERATOR = object(
  'Whether the load generator kept its own limits. If not, the run is invalid.',
  {
    valid: flag('True when it did.'),
    reasons: list('Every limit that it broke, one sentence each with its figures.', text('A sentence.')),
    processes: list(
      'The processes of the generator, as far as validity depends on them.',
      object('A process.', {
        name: text('As the sentences name it: Worker 0.'),
        sendLagP99Ms: nullable(number('How late it took up its readings, 99th percentile, ms.')),
        readingsDue: whole('Readings that were due.'),
        readingsLate: whole('Of these, taken up later than the tightest latency SLO.'),
        eventLoopDelayMaxMs: number('Longest time that its event loop stood still, ms.'),
        clockDriftMaxMs: number('How far its wall clock moved against its monotonic clock, ms.'),
        reportGapMaxMs: number('Its longest silence, ms.'),
        exhausted: map(
          'Times that it ran out of something, by code of the operating system.',
          whole('Times.'),
        ),
      }),
    ),
  },
);
export type RunGenerator = Infer<typeof GENERATOR>;
