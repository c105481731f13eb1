import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DeviceClaims,
  encodeFrame,
  type FrameHeader,
  FrameKind,
  PAYLOAD_BYTES,
} from '@gaitway/contract';
import {
  mintToken,
  type RunningServer,
  realClock,
  SERVER_SETTINGS_DEFAULT,
  startServer,
} from '@gaitway/reference-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeanTransport } from './lean/lean-transport.ts';
import { linkEndOf } from './link-end.ts';
import { OfficialTransport } from './official/official-transport.ts';
import { RecordingListener } from './testing/recording-listener.ts';
import type { DeviceTransport } from './transport.ts';

const SECRET = 'a secret that is long enough for a test';
const claims: DeviceClaims = { role: 'device', device: 7, patient: 'p7', ward: 'w1' };
const token = (of: object = claims, secret = SECRET, ttlSeconds = 60, issuedAtMs = Date.now()) =>
  mintToken(of as DeviceClaims, secret, ttlSeconds, issuedAtMs);

function frame(over: Partial<FrameHeader> = {}): Uint8Array {
  const header: FrameHeader = {
    kind: FrameKind.features,
    flags: 0,
    placement: 1,
    accelRange: 2,
    gyroRange: 2,
    device: 7,
    boot: 1,
    firmware: 0x1000,
    seq: 0,
    startMs: Date.now() - 5000,
    batteryMv: 3700,
    slotMs: 5000,
    ...over,
  };
  return encodeFrame(header, new Uint8Array(PAYLOAD_BYTES[header.kind]), 0);
}

const transports: [string, () => DeviceTransport][] = [
  ['the lean transport', () => new LeanTransport(realClock, { sweepMs: 20 })],
  ['the official client', () => new OfficialTransport(realClock)],
];

describe.each(transports)('%s against the reference server', (_, make) => {
  let folder: string;
  let server: RunningServer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gaitway-transport-'));
    server = await startServer(
      { ...SERVER_SETTINGS_DEFAULT, port: 0, instance: 'a', dataFolder: folder, tokenSecret: SECRET },
      realClock,
      { info: () => {}, warn: () => {} },
    );
  });
  afterAll(async () => {
    await server.stop({ drainMs: 0 });
    rmSync(folder, { recursive: true, force: true });
  });

  function open(with_: string) {
    const listener = new RecordingListener();
    return { listener, link: make().open({ url: server.url }, with_, listener) };
  }

  it.each([
    ['token_missing', () => ''],
    ['token_malformed', () => 'no token'],
    ['token_expired', () => token(claims, SECRET, 60, Date.now() - 120_000)],
    ['token_signature', () => token(claims, 'another secret that is long enough too')],
    ['token_role', () => token({ role: 'doctor', viewer: 'v', patients: [], wards: ['w1'] })],
    ['token_claims', () => token({ role: 'device', device: 7 })],
  ])('is refused with %s', async (code, make_) => {
    const { listener } = open(make_());
    const [refused] = await listener.until('refused');
    expect(refused!.code).toBe(code);
    const [end] = await listener.until('disconnected');
    expect(linkEndOf(end!.reason)).toBe('refused');
  });

  it('gets the time, sends frames good and bad on one connection, and is told to go when the server drains', async () => {
    const { listener, link } = open(token());
    await listener.until('connected');
    const [first] = await listener.until('command');
    expect(first!.command.command).toBe('time_sync');
    // Answered before the next one goes: together with it in one append, both would be answered with the later number.
    const id = link.send(frame());
    expect(await listener.until('answered')).toEqual([
      { kind: 'answered', messageId: id, answer: { boot: 1, seq: 0 } },
    ]);
    const damaged = frame({ seq: 1 });
    damaged[50]! ^= 1;
    const sent = [
      damaged,
      new Uint8Array(0),
      new Uint8Array(1024 * 1024),
      frame({ device: 8, seq: 1 }),
      frame({ startMs: Date.now() + 600_000, seq: 1 }),
      frame({ seq: 1 }),
    ];
    const ids = sent.map((bytes) => link.send(bytes));
    const answers = await listener.until('answered', 1 + sent.length);
    const byId = new Map(answers.map(({ messageId, answer }) => [messageId, answer]));
    expect(ids.map((id) => byId.get(id))).toEqual([
      { reject: 'bad_crc', retryAfterMs: 100 },
      { reject: 'truncated' },
      { reject: 'too_long' },
      { reject: 'wrong_device' },
      { reject: 'future' },
      { boot: 1, seq: 1 },
    ]);
    // It ends as soon as the device has left; until then late ones must find the port open.
    const stopped = server.stop({ drainMs: 60_000 });
    const commands = await listener.until('command', 2);
    expect(commands[1]!.command).toMatchObject({ command: 'reconnect' });
    const late = open(token());
    expect((await late.listener.until('refused'))[0]!.code).toBe('draining');
    link.close();
    await stopped;
  });
});
