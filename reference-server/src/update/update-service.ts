import { createHash } from 'node:crypto';
import {
  type Clock,
  type DeviceCommand,
  type Frame,
  FrameKind,
  HEADER_BYTES,
  ResetCause,
  readBoot,
  type TimerHandle,
} from '@gaitway/contract';
import { IMAGE_BYTES_MAX, isImageOf } from '@gaitway/firmware';
import type { Meter } from '../observe/meter.ts';
import { UpdateWave } from './wave.ts';
import { type AskedWave, faultsOf, type WavePlan } from './wave-plan.ts';
import type { WaveStore } from './wave-store.ts';

const STEP_EVERY_MS = 1000;

/** Says something to one connected device. */
export type CommandDevice = (command: DeviceCommand) => void;

export interface UpdateServiceDeps {
  store: WaveStore;
  clock: Clock;
  meter: Meter;
  warn(says: string): void;
}

/** The update wave of a running server: its timer, its connections, and what its frames tell. */
export class UpdateService {
  private readonly deps: UpdateServiceDeps;
  private readonly wave: UpdateWave;
  /** How each device that is connected is spoken to: its newest connection. */
  private readonly devices: Map<number, CommandDevice>;
  private timer: TimerHandle;
  private step: Promise<void> = Promise.resolve();
  private isStopped = false;

  private constructor(deps: UpdateServiceDeps, wave: UpdateWave, devices: Map<number, CommandDevice>) {
    this.deps = deps;
    this.wave = wave;
    this.devices = devices;
    this.timer = this.later();
  }

  /**
   * Goes on with the wave in the store; `asked`: begins this one, unless it is the one in the store. `undefined`: there is
   * none, and no connection costs anything for it. Throws a RangeError for a plan that makes no sense, and for an image
   * that is not the one that the plan names.
   */
  static async open(
    deps: UpdateServiceDeps,
    asked: AskedWave | undefined,
  ): Promise<UpdateService | undefined> {
    const { store, clock, meter } = deps;
    const devices = new Map<number, CommandDevice>();
    const offer = (device: number, { firmware, hash }: WavePlan['to']): void =>
      devices.get(device)?.({ command: 'update_offer', firmware, hash: hashText(hash) });
    const nowMs = clock.epochMs();
    if (asked !== undefined) await begin(store, asked, nowMs);
    const wave = await UpdateWave.open(store, meter, offer, nowMs);
    return wave.plan === undefined ? undefined : new UpdateService(deps, wave, devices);
  }

  /** Of the wave that it rolls, and never of none: then there is no service. */
  get plan(): WavePlan | undefined {
    return this.wave.plan;
  }

  get progress(): UpdateWave['progress'] {
    return this.wave.progress;
  }

  /** A device is connected. Gives what to call when it has left. */
  connected(device: number, command: CommandDevice): () => void {
    this.devices.set(device, command);
    this.wave.connected(device);
    return () => {
      // It may have come back before its old connection was seen to end.
      if (this.devices.get(device) !== command) return;
      this.devices.delete(device);
      this.wave.disconnected(device);
    };
  }

  /** A frame of the device is durable. */
  durable({ device, kind, firmware }: Frame, bytes: Uint8Array): void {
    const isBoot = kind === FrameKind.boot;
    const isSwapped = isBoot && (readBoot(bytes, HEADER_BYTES).resetCause & ResetCause.external) !== 0;
    this.wave.seen(device, { firmware, isBoot, isSwapped });
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.deps.clock.clearTimer(this.timer);
    await this.step;
  }

  private later(): TimerHandle {
    return this.deps.clock.setTimer(STEP_EVERY_MS, () => {
      this.step = this.next();
    });
  }

  private async next(): Promise<void> {
    const { clock, warn } = this.deps;
    const before = this.wave.progress?.state;
    await this.wave.step(clock.epochMs()).catch((error: unknown) => warn(`update wave: ${String(error)}`));
    const after = this.wave.progress;
    if (after?.state === 'stopped' && before !== 'stopped') {
      const { failed, confirmed } = after;
      warn(
        `update wave: stopped, since ${failed} of ${failed + confirmed} devices that are done have failed`,
      );
    }
    if (!this.isStopped) this.timer = this.later();
  }
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

async function begin(store: WaveStore, { image, ...plan }: AskedWave, nowMs: number): Promise<void> {
  const faults = faultsOf(plan);
  const hash = hashText(plan.to.hash);
  if (image && image.length > IMAGE_BYTES_MAX)
    faults.push(`image: ${image.length} bytes are more than the chip's flash has (${IMAGE_BYTES_MAX})`);
  else if (image && !isImageOf(image, plan.to.hash, sha256))
    faults.push(`image: its hash is not to.hash (${hash}); name the image that was built with it`);
  if (faults.length > 0) throw new RangeError(`the plan of the wave: ${faults.join('; ')}`);
  await store.begin(plan, image, nowMs);
}

/** As offers and addresses have it. */
function hashText(hash: number): string {
  return hash.toString(16).padStart(8, '0');
}
