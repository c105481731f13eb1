import {
  type RunAudit,
  type RunGrades,
  type RunRecord,
  sparseHistogram,
  WINDOW_SETTINGS_DEFAULT,
} from '@gaitway/contract';

const summary = (count: number, p95Ms: number) => ({
  count,
  minMs: 1,
  meanMs: p95Ms / 2,
  p50Ms: p95Ms / 3,
  p90Ms: p95Ms * 0.9,
  p95Ms,
  p99Ms: p95Ms * 1.5,
  p999Ms: p95Ms * 2,
  maxMs: p95Ms * 3,
});

export function cleanAudit(changes: Partial<RunAudit> = {}): RunAudit {
  return {
    verdict: 'holds',
    reasons: [],
    lost: 0,
    duplicated: 0,
    phantom: 0,
    misattributed: 0,
    wrongContent: 0,
    late: 3,
    droppedByDevice: 0,
    unacknowledgedButStored: 1,
    staleAtViewer: 0,
    seenByForbiddenViewer: 0,
    compared: {
      readings: 1500,
      stored: 1500,
      windows: { complete: 100, partial: 100 },
      recomputed: 2,
      watched: 100,
    },
    foreign: 0,
    notJudged: 0,
    ledger: { made: 1500, acknowledged: 1499, dropped: 0, refused: 0, unacknowledged: 1 },
    examples: [],
    ...changes,
  };
}

const noAlerts = { count: 0, p50Ms: null, p90Ms: null, p95Ms: null, maxMs: null, withoutEvent: 0 };

/** Grades as an honest server has them, of tremor and gait. */
export function goodGrades(): RunGrades {
  const tremor: RunGrades['conditions'][number] = {
    condition: 'tremor',
    excused: {},
    ...{ expected: 1300, answered: 1300, missing: 0, late: 0, refused: 0, coverage: 1 },
    ...{ positives: 300, truePositives: 270, trueNegatives: 950, sensitivity: 0.9, specificity: 0.95 },
    ...{ auroc: 0.96, calibrationError: 0.03 },
    events: { events: 40, found: 38, falseAlarms: 12 },
    alerts: { ...noAlerts, count: 2, p50Ms: 62_000, p90Ms: 70_000, p95Ms: 70_000, maxMs: 70_000 },
  };
  return {
    ...{ verdict: 'holds', reasons: [], misplaced: 0, patientHours: 900 },
    falls: { events: 20, found: 18, falseAlarms: 3, alerts: noAlerts },
    conditions: [
      tremor,
      { ...tremor, condition: 'gait', alerts: noAlerts },
      {
        ...tremor,
        ...{ condition: 'freezing', alerts: noAlerts, expected: 13_000, answered: 13_000 },
        events: { events: 100, found: 80, falseAlarms: 12 },
      },
    ],
  };
}

/** A whole record of a run that went well, with every key filled. */
export function sampleRunRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    runRecordVersion: 1,
    gaitway: { name: 'gaitway', version: '0.1.0' },
    id: 'run-1',
    scenario: 'mvp',
    verdict: 'holds',
    verdicts: [],
    seed: 7,
    finished: true,
    interrupted: false,
    startedAtMs: 1_700_000_000_000,
    endedAtMs: 1_700_000_075_000,
    phases: [
      { phase: 'connect', fromMs: 1_700_000_000_000, toMs: 1_700_000_005_000 },
      { phase: 'measure', fromMs: 1_700_000_007_000, toMs: 1_700_000_074_000 },
    ],
    command: ['gaitway', 'run', 'mvp', '--seed', '7'],
    options: { patients: 100, cache: 'on', dryRun: false, target: null },
    patients: 100,
    viewers: 5,
    slotMs: 5000,
    windowSettings: { ...WINDOW_SETTINGS_DEFAULT },
    environment: {
      machine: {
        processor: 'a processor',
        cores: 2,
        memoryBytes: 24e9,
        platform: 'linux',
        release: '6.1',
        architecture: 'x64',
        descriptorsMax: 20_000,
      },
      node: '20.20.0',
      target: { url: 'http://127.0.0.1:8080', own: true, instances: 1 },
      transport: 'lean',
      stores: {
        readingLog: { kind: 'embedded', durability: 'process', known: 'checked', detail: 'LMDB commit' },
        archive: { kind: 'embedded', detail: 'LMDB' },
        cache: { kind: 'embedded', detail: '64 MB' },
      },
    },
    load: {
      planned: 1300,
      madeInMeasure: 1300,
      sent: 1300,
      notSentOnTime: 0,
      acknowledged: 1299,
      unacknowledged: 1,
      retransmitted: 2,
      droppedByDevice: 0,
      made: 1500,
      commands: {},
      rejected: { busy: 1 },
      devices: { planned: 100, connected: 100, reconnects: 0, refused: 0 },
    },
    connections: { deviceSocketsHeldMax: 100, viewerSocketsHeldMax: 5, sourceAddresses: 1, workers: 1 },
    latency: { ack: summary(1300, 12) },
    freshness: {
      viewer: {
        reading: { ...summary(1300, 40), seen: 1290, superseded: 8, neverSeen: 2 },
        window: { ...summary(100, 90), seen: 100, superseded: 0, neverSeen: 0 },
        slow: { notices: 1, dropped: 8 },
      },
    },
    audit: cleanAudit(),
    grades: goodGrades(),
    generator: {
      valid: true,
      reasons: [],
      processes: [
        {
          name: 'Worker 0',
          sendLagP99Ms: 2.5,
          readingsDue: 1500,
          readingsLate: 0,
          eventLoopDelayMaxMs: 14.2,
          clockDriftMaxMs: 0.3,
          reportGapMaxMs: 1004,
          exhausted: {},
        },
      ],
    },
    ownServers: { started: 1, ended: [] },
    processes: [
      {
        name: 'worker-0',
        role: 'worker',
        pid: 4242,
        cpuUserMs: 900,
        cpuSystemMs: 200.5,
        residentBytesMax: 9e7,
        gcPauseMs: 12,
        eventLoopDelayMsP99: 11,
        eventLoopDelayMsMax: null,
      },
    ],
    stages: [{ stage: 'send', process: 'worker-0', cpuMs: 300, calls: 1300, cpuUsPerReading: 11.5 }],
    series: {
      startMs: 1_700_000_000_000,
      stepMs: 1000,
      counts: { sent: [0, 20] },
      ackLatency: [[], sparseHistogram(new Map([[40, 20]]))],
      freshnessReading: [[], []],
      freshnessWindow: [[], []],
      processes: { 'worker-0': { cpuRatio: [0.1, null], residentBytes: [9e7, null] } },
      marks: [{ atMs: 1_700_000_000_000, kind: 'phase', says: 'connect' }],
    },
    archiveWrites: { window: 130, patient: 100 },
    ledgerFiles: ['ledger-0.bin'],
    archive: { kind: 'embedded', location: 'data' },
    notes: ['An invented run.'],
    ...changes,
  };
}
