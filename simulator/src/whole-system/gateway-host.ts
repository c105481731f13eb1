import type { Clock, DeviceClaims } from '@gaitway/contract';
import {
  type AskedWave,
  createNullMeter,
  createStageTimer,
  type FanOut,
  Ingest,
  type IngestSettings,
  latestReading,
  type ReadingLog,
  UpdateService,
  type WaveStore,
} from '@gaitway/reference-server';
import type {
  MemoryPeer,
  MemoryRefusal,
  MemoryServer,
  MemorySession,
} from '../transport/memory/memory-server.ts';
import { CrashPoints } from './crash-points.ts';
import { PausableClock } from './pausable-clock.ts';
import { claimsOfSimulatedToken } from './simulated-token.ts';
import { NEVER, standIn } from './stand-in.ts';

export interface GatewayHostOptions {
  seed: number;
  clock: Clock;
  log: ReadingLog;
  logOf(log: ReadingLog, clock: Clock): ReadingLog;
  fanOut: FanOut;
  settings: IngestSettings;
  /** Where update waves are kept, and which one a gateway that lives begins, or goes on with. */
  waves: WaveStore;
  wave?: AskedWave | undefined;
  warn(says: string): void;
}

export const GATEWAY_CRASH_POINTS = ['before an append', 'between append and acknowledgement'] as const;

const DOWN_MS = 3000;
const PATIENCE_MS = 20_000;

/**
 * A "process" that runs one gateway: the real ingest stage behind links in memory. It can die anywhere in its
 * work; its links break, and what it knew is gone. Tokens are not checked here.
 */
export class GatewayHost implements MemoryServer {
  private readonly options: GatewayHostOptions;
  private readonly peers = new Set<MemoryPeer>();
  private lives = 0;
  private clock!: PausableClock;
  private ingest: Ingest | undefined;
  private updates: UpdateService | undefined;
  /** It is reading what the store knows of updates, and lets nobody in yet. */
  private isStarting = false;
  readonly crashes: CrashPoints<(typeof GATEWAY_CRASH_POINTS)[number]>;
  /** While it is out nobody can connect; what is connected stays so. */
  out = false;

  constructor(options: GatewayHostOptions) {
    this.options = options;
    this.crashes = new CrashPoints({
      clock: options.clock,
      seed: options.seed,
      points: GATEWAY_CRASH_POINTS,
      die: () => this.die(),
      live: () => this.live(),
    });
    this.live();
  }

  /** Dies at a point of its work that the seed chooses, and lives again a little later. */
  crash(): void {
    this.crashes.crash(DOWN_MS, PATIENCE_MS);
  }

  get isDown(): boolean {
    return this.ingest === undefined || this.isStarting || this.out;
  }

  open(token: string, peer: MemoryPeer): MemorySession | MemoryRefusal {
    const { ingest } = this;
    if (ingest === undefined || this.isDown) return { refused: 'draining', says: 'this instance is down' };
    const claims = claimsOfSimulatedToken(token);
    const session = ingest.openSession(claims);
    const left = this.updates?.connected(claims.device, (command) => peer.command(command));
    this.peers.add(peer);
    return {
      receive: (bytes, answer) => {
        if (ingest === this.ingest) session.receive(bytes, answer);
      },
      closed: () => {
        session.close();
        left?.();
        this.peers.delete(peer);
      },
    };
  }

  private die(): void {
    this.ingest = undefined;
    this.updates = undefined;
    this.clock.crash();
    for (const peer of this.peers) peer.disconnect('the process died');
    this.peers.clear();
  }

  private live(): void {
    this.lives += 1;
    const life = this.lives;
    const clock = new PausableClock(this.options.clock);
    this.clock = clock;
    const { log, logOf, fanOut, settings, warn } = this.options;
    const own = logOf(log, clock);
    this.ingest = new Ingest({
      log: standIn(own, {
        append: async (batch) => {
          if (life !== this.lives || this.crashes.diesAt('before an append')) return NEVER;
          await own.append(batch);
          if (this.crashes.diesAt('between append and acknowledgement')) return NEVER;
        },
      }),
      clock,
      meter: createNullMeter(),
      stages: createStageTimer(() => 0),
      settings,
      warn,
      durable: (claims: DeviceClaims, frame, bytes) => {
        this.updates?.durable(frame, bytes);
        const { patient, ward } = claims;
        if (!fanOut.isWatched(patient, ward)) return;
        const reading = latestReading(claims, frame, bytes);
        fanOut.publish({ kind: 'reading', patient, ward, reading });
      },
    });
    const { waves, wave } = this.options;
    if (wave === undefined) return;
    this.isStarting = true;
    void UpdateService.open({ store: waves, clock, meter: createNullMeter(), warn }, wave).then((updates) => {
      if (life !== this.lives || this.ingest === undefined) return;
      this.updates = updates;
      this.isStarting = false;
    });
  }
}
