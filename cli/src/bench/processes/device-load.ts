import {
  beginFrame,
  type FrameAnswer,
  FrameKind,
  HEADER,
  HEADER_BYTES,
  hash32,
  sealFrame,
  stampFrame,
  TRAILER_BYTES,
  writeStartMs,
} from '@gaitway/contract';
import { mintToken, realClock } from '@gaitway/reference-server';
import { type DeviceLink, type DeviceLinkListener, LeanTransport, personAt } from '@gaitway/simulator';

/** What the load process is told. */
export type LoadOrder =
  | { type: 'connect'; url: string; connections: number; tokenSecret: string }
  /** Sends at this rate over all connections, open loop, and tells what came of it. */
  | { type: 'send'; perSecond: number; seconds: number }
  | { type: 'leave' };

/** What it tells. */
export type LoadAnswer = { type: 'connected' } | { type: 'left' } | ({ type: 'sent' } & LoadFigures);

export interface LoadFigures {
  sent: number;
  acknowledged: number;
  rejected: number;
  /** From the moment a frame was due. */
  ackP50Ms: number;
  ackP95Ms: number;
  ackP99Ms: number;
}

const RAMP_WIDTH = 100;
const TICK_MS = 5;
const SLOT_MS = 5000;
/** What is still under way when the sending ends counts if it is answered within this time. */
const PATIENCE_MS = 2000;
const TOKEN_SECONDS = 3600;

/** Counts the connections of the fleet: each begins its sequence numbers anew. */
let boot = 0;
let left = 0;
let figures: { acknowledged: number; rejected: number; latenciesMs: number[] } | undefined;

/** A device of which every frame is a good one and the next in order; it keeps nothing to send again. */
class LoadDevice implements DeviceLinkListener {
  link: DeviceLink | undefined;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly up: () => void;
  private seq = 0;
  /** When the frames without an answer were due, oldest first: a server answers one device in order. */
  private readonly dueMs: number[] = [];

  constructor(device: number, up: () => void) {
    this.up = up;
    this.bytes = beginFrame({
      kind: FrameKind.features,
      flags: 0,
      placement: 0,
      accelRange: 1,
      gyroRange: 1,
      device,
      boot,
      firmware: 1,
      seq: 0,
      startMs: 0,
      batteryMv: 3700,
      slotMs: SLOT_MS,
    });
    for (let at = HEADER_BYTES; at < this.bytes.length - TRAILER_BYTES; at++) {
      this.bytes[at] = hash32(device, at) & 0xff;
    }
    this.view = new DataView(this.bytes.buffer);
  }

  send(dueMs: number): void {
    this.view.setUint32(HEADER.seq, this.seq, true);
    writeStartMs(this.bytes, Date.now());
    stampFrame(this.bytes, sealFrame(this.bytes), this.seq);
    this.seq++;
    this.dueMs.push(dueMs);
    this.link?.send(this.bytes);
  }

  connected(): void {
    this.up();
  }
  refused(code: string, says: string): void {
    throw new Error(`The server refused a device: ${code}, ${says}.`);
  }
  answered(_messageId: number, answer: FrameAnswer): void {
    const dueMs = this.dueMs.shift();
    if (figures === undefined || dueMs === undefined) return;
    if ('reject' in answer) figures.rejected++;
    else {
      figures.acknowledged++;
      figures.latenciesMs.push(performance.now() - dueMs);
    }
  }
  command(): void {}
  disconnected(): void {
    left++;
  }
}

let devices: LoadDevice[] = [];

function connect(order: Extract<LoadOrder, { type: 'connect' }>): Promise<void> {
  const transport = new LeanTransport(realClock);
  devices = [];
  left = 0;
  boot++;
  return new Promise((resolve) => {
    let up = 0;
    const next = () => {
      const index = devices.length;
      if (index === order.connections) return;
      const person = personAt(index);
      const device = new LoadDevice(person.device, () => {
        up++;
        if (up === order.connections) resolve();
        else next();
      });
      devices.push(device);
      const token = mintToken(
        { role: 'device', ...person },
        order.tokenSecret,
        TOKEN_SECONDS,
        realClock.epochMs(),
      );
      device.link = transport.open({ url: order.url }, token, device);
    };
    for (let i = 0; i < Math.min(RAMP_WIDTH, order.connections); i++) next();
  });
}

function send({ perSecond, seconds }: Extract<LoadOrder, { type: 'send' }>): Promise<LoadFigures> {
  const total = perSecond * seconds;
  const startedMs = performance.now();
  const counts = { acknowledged: 0, rejected: 0, latenciesMs: [] as number[] };
  figures = counts;
  let sent = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const due = Math.min(total, Math.floor(((nowMs - startedMs) * perSecond) / 1000));
      for (; sent < due; sent++) devices[sent % devices.length]!.send(startedMs + (sent * 1000) / perSecond);
      const answered = counts.acknowledged + counts.rejected;
      if (sent < total || (answered < total && nowMs < startedMs + seconds * 1000 + PATIENCE_MS)) return;
      clearInterval(timer);
      figures = undefined;
      counts.latenciesMs.sort((a, b) => a - b);
      const quantile = (share: number) =>
        counts.latenciesMs[Math.ceil(share * counts.latenciesMs.length) - 1] ?? Number.NaN;
      resolve({
        sent,
        acknowledged: counts.acknowledged,
        rejected: counts.rejected,
        ackP50Ms: quantile(0.5),
        ackP95Ms: quantile(0.95),
        ackP99Ms: quantile(0.99),
      });
    }, TICK_MS);
  });
}

async function leave(): Promise<void> {
  for (const device of devices) device.link?.close();
  while (left < devices.length) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  devices = [];
}

function tell(answer: LoadAnswer): void {
  process.send?.(answer);
}

async function take(order: LoadOrder): Promise<void> {
  switch (order.type) {
    case 'connect':
      await connect(order);
      return tell({ type: 'connected' });
    case 'send':
      return tell({ type: 'sent', ...(await send(order)) });
    case 'leave':
      await leave();
      return tell({ type: 'left' });
  }
}

process.on('message', (order: LoadOrder) => void take(order));
process.on('disconnect', () => process.exit());
