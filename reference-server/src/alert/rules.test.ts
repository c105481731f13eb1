import {
  type EventPayload,
  EventType,
  encodeFrame,
  eventPayload,
  FrameKind,
  readFrame,
} from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { documentOf } from '../archive/documents.fixture.ts';
import { builtInModel } from '../infer/load-model.ts';
import { MODEL_VERSION } from '../infer/model-names.ts';
import { alertId } from './rule.ts';
import { alertsOfEvent, alertsOfWindow, EVENT_RULES, WINDOW_RULES } from './rules.ts';

const AT_MS = 1_700_000_000_000;
const MODEL = builtInModel(MODEL_VERSION).file;

function eventRecord(over: Partial<EventPayload> = {}, seq = 3) {
  const payload = {
    type: EventType.fall,
    peak: 2048 * 5,
    min: 500,
    gyroPeak: 9000,
    tiltCosine: 0,
    offsetMs: 1500,
    ...over,
  };
  const header = {
    kind: FrameKind.event,
    flags: 0,
    placement: 1,
    accelRange: 2,
    gyroRange: 2,
    device: 7,
    boot: 1,
    firmware: 0x1000,
    seq,
    startMs: AT_MS,
    batteryMv: 3700,
    slotMs: 0,
  };
  const bytes = encodeFrame(header, eventPayload(payload), seq);
  return { record: { patient: 'p000006', ward: 'w0000', bytes }, frame: readFrame(bytes) };
}

/** A window whose slots have these tremor scores. */
function windowOf(tremor: readonly (number | null)[]) {
  const slots = tremor.map((score, seq) => ({
    startMs: seq,
    boot: 1,
    seq,
    tremor: score,
    rigidityProxy: null,
    gait: 100,
    freezing: null,
  }));
  return { ...documentOf('p000006', 0), startMs: AT_MS, slots };
}

const many = (count: number, score: number | null): (number | null)[] =>
  new Array<number | null>(count).fill(score);

describe('the rule for falls', () => {
  it('raises an urgent alert at the moment of the fall, and says what was measured', () => {
    const { record, frame } = eventRecord();
    expect(alertsOfEvent(record, frame)).toEqual([
      {
        id: alertId('p000006', 'fall', AT_MS + 1500),
        patient: 'p000006',
        ward: 'w0000',
        rule: 'fall',
        severity: 'urgent',
        state: 'raised',
        atMs: AT_MS + 1500,
        says: 'the device reports a fall: 5.0 g, turned by 90 degrees',
      },
    ]);
  });

  it('gives a repeated frame the same alert, and another fall another one', () => {
    const idOf = (over: Partial<EventPayload>, seq: number): string => {
      const { record, frame } = eventRecord(over, seq);
      return alertsOfEvent(record, frame)[0]!.id;
    };
    expect(idOf({}, 3)).toBe(idOf({}, 3));
    expect(idOf({}, 3)).not.toBe(idOf({ offsetMs: 1501 }, 3));
  });

  it('does not fire for a button, nor for a type that it does not know', () => {
    for (const type of [EventType.button, 77]) {
      const { record, frame } = eventRecord({ type });
      expect(alertsOfEvent(record, frame)).toEqual([]);
    }
  });

  it('gets along with angles beyond the possible', () => {
    const { record, frame } = eventRecord({ tiltCosine: -32768 });
    expect(alertsOfEvent(record, frame)[0]!.says).toContain('180 degrees');
  });
});

describe('the rule for sustained tremor', () => {
  it.each([
    ['twelve of twelve slots', many(12, 900), true],
    ['nine of twelve', [...many(9, 500), ...many(3, 100)], true],
    ['eight of twelve', [...many(8, 900), ...many(4, 100)], false],
    ['six of six that could be scored', [...many(6, 900), ...many(6, null)], true],
    ['five of five that could be scored', [...many(5, 900), ...many(7, null)], false],
    ['a window that could not be scored', many(12, null), false],
    ['an empty window', [], false],
  ])('with %s: fires %s', (_, tremor, fires) => {
    expect(alertsOfWindow(windowOf(tremor), MODEL).map(({ rule }) => rule)).toEqual(
      fires ? ['sustained-tremor'] : [],
    );
  });

  it.each([
    [300, 310, true],
    [300, 299, false],
    [700, 690, false],
    [700, 700, true],
  ])(
    'calls a slot positive from the threshold of the model on: %d, with %d: fires %s',
    (threshold, score, fires) => {
      const tremor = { ...MODEL.windowHeads.tremor, threshold };
      const other = { ...MODEL, windowHeads: { ...MODEL.windowHeads, tremor } };
      expect(alertsOfWindow(windowOf(many(12, score)), other)).toHaveLength(fires ? 1 : 0);
    },
  );

  it('keeps its id when the window is amended', () => {
    const [before] = alertsOfWindow(windowOf(many(11, 900)), MODEL);
    const [after] = alertsOfWindow({ ...windowOf(many(12, 900)), revision: 2 }, MODEL);
    expect(after!.id).toBe(before!.id);
  });
});

it('ids of alerts differ by patient, rule and moment, and rules by name', () => {
  const ids = ['p1', 'p2'].flatMap((patient) =>
    ['a', 'b'].flatMap((rule) => [1, 2].map((at) => alertId(patient, rule, at))),
  );
  expect(new Set(ids).size).toBe(8);
  const names = [...WINDOW_RULES, ...EVENT_RULES].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
