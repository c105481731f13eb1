import {
  addToDigest,
  type DeviceCommand,
  decodeFrame,
  emptyDigest,
  type FrameAnswer,
  formatDigest,
  frameHash,
  frameHashHigh,
} from '@gaitway/contract';
import { Twin } from '@gaitway/firmware';
import type { StageTimer } from '@gaitway/reference-server';
import { VirtualClock } from '../../clock/virtual-clock.ts';
import type { LinkFaults } from '../../transport/memory/link-faults.ts';
import type { MemoryPeer, MemoryServer, MemorySession } from '../../transport/memory/memory-server.ts';
import { MemoryTransport } from '../../transport/memory/memory-transport.ts';
import type { ImageSource } from '../../update/image-source.ts';
import type { UpdateFaultShares } from '../../update/update-faults.ts';
import { Fleet, type FleetEnd, type FleetLedger, type FleetOptions } from '../fleet.ts';
import { type PhaseLengths, phasesOf } from '../phases.ts';
import { stagedClock, stagedLedger, stagedTransport, stagedTwin, stagedValues } from '../worker-stages.ts';

export const START_EPOCH_MS = Date.parse('2026-03-01T12:00:00Z');
export const TWIN = { firmware: 0x1000, placement: 1, accelRange: 1, gyroRange: 2 };

/** A server that keeps every frame's fixed part by identity, and acknowledges what it kept. */
export class KeepingServer implements MemoryServer {
  readonly kept = new Map<string, Uint8Array>();
  readonly peers: MemoryPeer[] = [];
  readonly tokens: string[] = [];
  /** Set to answer otherwise. */
  answer: (boot: number, seq: number) => FrameAnswer | undefined = (boot, seq) => ({ boot, seq });
  refuse: (() => string | undefined) | undefined;
  /** Frames that differ from what was kept under their identity. */
  changed = 0;

  open(token: string, peer: MemoryPeer): MemorySession | { refused: string; says: string } {
    const refused = this.refuse?.();
    if (refused !== undefined) return { refused, says: refused };
    this.tokens.push(token);
    this.peers.push(peer);
    return {
      receive: (bytes, answer) => {
        const frame = decodeFrame(bytes);
        if (typeof frame === 'string') throw new Error(`a device sent a frame that is ${frame}`);
        const said = this.answer(frame.boot, frame.seq);
        if (said === undefined) return;
        if ('seq' in said) this.keep(`${frame.device}:${frame.boot}:${frame.seq}`, bytes.subarray(0, -6));
        answer(said);
      },
    };
  }

  /** Sends a command to every device that ever connected and is still there. */
  tell(command: DeviceCommand): void {
    for (const peer of this.peers) peer.command(command);
  }

  private keep(identity: string, bytes: Uint8Array): void {
    const kept = this.kept.get(identity);
    if (kept === undefined) this.kept.set(identity, bytes);
    else if (!Buffer.from(kept).equals(bytes)) this.changed++;
  }
}

/** Counts what it is told, and sums the digest of everything that was made. */
export class CountingLedger implements FleetLedger {
  readonly digest = emptyDigest();
  madeCount = 0;
  readonly outcomes: Record<string, number> = {};
  finished = 0;

  made(_index: number, bytes: Uint8Array): void {
    this.madeCount++;
    addToDigest(this.digest, frameHash(bytes), frameHashHigh());
  }

  resolve(_index: number, _bytes: Uint8Array, outcome: string, everSent: boolean): void {
    const name = everSent ? outcome : `${outcome} unsent`;
    this.outcomes[name] = (this.outcomes[name] ?? 0) + 1;
  }

  finish(): void {
    this.finished++;
  }
}

export interface MemoryFleetOptions extends Partial<PhaseLengths> {
  devices: number;
  slotMs?: number;
  seed?: number;
  workers?: number;
  faults?: LinkFaults;
  urls?: string[];
  server?: KeepingServer;
  serverOf?: (url: string) => MemoryServer | undefined;
  ringFrames?: number;
  images?: ImageSource;
  updateFaults?: UpdateFaultShares;
  /** What devices tell within a slot besides its values. */
  eventOf?: NonNullable<FleetOptions['eventOf']>;
  /** Given: the fleet's parts are timed, as those of a worker process are. */
  stages?: StageTimer;
  /** Something that happens at a moment of the run, in ms from the beginning of the connect phase. */
  at?: [atMs: number, happens: (fleets: Fleet[], transport: MemoryTransport) => void][];
}

export interface MemoryFleetResult {
  ends: FleetEnd[];
  server: KeepingServer;
  ledger: CountingLedger;
  digest: string;
  clock: VirtualClock;
}

/** A whole fleet, in one or several workers, under virtual time. */
export async function runMemoryFleet(options: MemoryFleetOptions): Promise<MemoryFleetResult> {
  const { devices, slotMs = 1000, seed = 7, workers = 1, stages } = options;
  const clock = new VirtualClock({ startEpochMs: START_EPOCH_MS });
  const server = options.server ?? new KeepingServer();
  const transport = new MemoryTransport({
    clock,
    seed,
    serverOf: options.serverOf ?? (() => server),
    ...(options.faults ? { faults: options.faults } : {}),
  });
  const lengths = { connectMs: 1000, warmUpMs: 2000, measureMs: 20_000, drainMs: 30_000, ...options };
  const startMs = START_EPOCH_MS + lengths.connectMs;
  const ledger = new CountingLedger();
  const values = new Int32Array(64);
  const valuesOf = (index: number, slot: number) => values.fill(index * 31 + slot);
  const PlayedTwin = stages ? stagedTwin(stages) : Twin;
  const fleets = Array.from({ length: workers }, (_, worker) => {
    const fleet = new Fleet({
      clock: stages ? stagedClock(clock, stages) : clock,
      transport: stages ? stagedTransport(transport, stages) : transport,
      targets: (options.urls ?? ['http://a']).map((url) => ({ url })),
      share: { worker, workers },
      schedule: { seed, devices, startMs, slotMs, connectMs: lengths.connectMs },
      phases: phasesOf(startMs, lengths),
      lateMs: 200,
      tokenOf: (index) => `device ${index}`,
      createTwin: (index, hooks) =>
        new PlayedTwin(
          index + 1,
          1,
          { ...TWIN, ...(options.ringFrames ? { ringFrames: options.ringFrames } : {}) },
          hooks,
        ),
      valuesOf: stages ? stagedValues(valuesOf, stages) : valuesOf,
      ...(options.eventOf ? { eventOf: options.eventOf } : {}),
      ...(options.images ? { images: options.images } : {}),
      ...(options.updateFaults ? { updateFaults: options.updateFaults } : {}),
      ledger: stages ? stagedLedger(ledger, stages) : ledger,
    });
    fleet.start();
    return fleet;
  });
  for (const [atMs, happens] of options.at ?? []) clock.setTimer(atMs, () => happens(fleets, transport));
  const ends = await clock.runWhile(Promise.all(fleets.map((fleet) => fleet.finished)), 3_600_000);
  return { ends, server, ledger, digest: formatDigest(ledger.digest), clock };
}
