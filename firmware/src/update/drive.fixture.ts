import { createHash } from 'node:crypto';
import { HEADER, ResetCause, readU16, uniform } from '@gaitway/contract';
import { bytesOf } from '../board/intel-hex.ts';
import { image } from '../board/wearable.fixture.ts';
import type { DownMessage } from '../link/down-message.ts';
import { HonestServer } from '../twin/honest-server.fixture.ts';
import type { MakeChip, ProgramName, Programs } from './chips.fixture.ts';
import { type ProgramVersion, Updater, type UpdateState } from './updater.ts';

/** What goes wrong in a life. `cut-…`: the power is cut while the update is in that state. */
export const FAULTS = [
  'none',
  'hangs at the offer',
  'cut-offered',
  'download fails',
  'cut-downloading',
  'image is damaged',
  'cut-verifying',
  'write fails',
  'cut-swapping',
  'new program hangs',
  'new program is not heard',
  'cut-trial',
  'cut-restoring',
  'brown-outs',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Life {
  /** Every transmission: tick, flight, bytes. */
  sent: string[];
  outcomes: string[];
  /** The firmware that the device runs at the end. */
  firmware: number;
  server: HonestServer;
  states: Set<UpdateState>;
}

const TICKS = 1700;
const EPOCH_MS = 1_700_000_000_000;
const TICK_MS = 20;
/** A loader writes some 10 kB a second. */
const WRITE_MS = 3000;
const WATCHDOG_MS = 2000;
const PIECE_BYTES = 1500;
const STREAM = { offer: 1, link: 2, answer: 3, late: 4, fault: 5 } as const;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** A life of a device that is offered an update, on a chip: the modem, the server, and what goes wrong. */
export function drive(seed: number, fault: Fault, programs: Programs, makeChip: MakeChip): Life {
  const luck = (stream: number, at = 0): number => uniform(seed, stream, at);
  const server = new HonestServer();
  const life: Life = { sent: [], outcomes: [], firmware: 0, server, states: new Set() };
  const versionOf = (name: ProgramName): ProgramVersion => ({
    firmware: programs[name].firmware,
    hash: programs[name].imageHash,
  });
  const [older, newer] = [versionOf('wearable-test'), versionOf('wearable-next-test')];
  let tick = -1;
  let nowMs = 0;
  /** What the modem will say, and what it then knows. */
  const due = new Map<number, { message: DownMessage; known?: () => void }[]>();
  let takenFirmware: number | undefined;
  let fetchFrom: number | undefined;
  let toWrite: { version: ProgramVersion; image: Uint8Array | undefined } | undefined;
  let isUsedUp = false;

  const say = (ticksLater: number, message: DownMessage, known?: () => void): void => {
    const at = tick + ticksLater;
    due.set(at, [...(due.get(at) ?? []), known === undefined ? { message } : { message, known }]);
  };
  const updater = new Updater(
    older,
    { sha256, offerMs: 2000, pieceMs: 2000, trialMs: 14_000 },
    {
      offer: ({ firmware, hash }) => {
        if (fault === 'hangs at the offer') say(1, { type: 'hang' });
        say(1, { type: 'updateOffer', firmware, hash });
      },
      fetch: (_, offset) => {
        fetchFrom = offset;
      },
      write: (version, bytes) => {
        toWrite = { version, image: bytes };
      },
      ended: (outcome) => life.outcomes.push(`${outcome} at tick ${tick}, ${nowMs} ms`),
    },
  );
  const isUnheard = (bytes: Uint8Array): boolean =>
    (fault === 'new program is not heard' || fault === 'cut-restoring') &&
    updater.state === 'trial' &&
    readU16(bytes, HEADER.firmware) === newer.firmware;
  const chip = makeChip(seed, programs, {
    frame: (flight, bytes, atTick) => {
      const index = life.sent.push(`${atTick} ${flight} ${Buffer.from(bytes).toString('hex')}`);
      updater.frame(bytes);
      if (isUnheard(bytes) || luck(STREAM.answer, index) < 0.1) return;
      const { boot, seq } = server.receive(bytes);
      const later = atTick - tick + 2 + Math.floor(3 * luck(STREAM.late, index));
      say(later, { type: 'acknowledged', boot, seq }, () => updater.acknowledged(boot, seq));
    },
    taken: (firmware) => {
      takenFirmware = firmware;
    },
  });

  const restart = (cause: ResetCause, program?: ProgramName): void => {
    if (cause === ResetCause.watchdog) nowMs += WATCHDOG_MS;
    chip.restart(cause, program);
    if (cause === ResetCause.powerOn) say(2, { type: 'linkUp' });
    const willHang = fault === 'new program hangs' && updater.state === 'trial';
    say(3, willHang ? { type: 'hang' } : { type: 'timeSync', epochMs: EPOCH_MS + nowMs + 3 * TICK_MS });
  };
  /** Writes what is to be written, until the chip runs again. */
  const write = (cause: ResetCause): void => {
    let failures = fault === 'write fails' ? 2 : 0;
    while (toWrite !== undefined) {
      const { version, image: bytes } = toWrite;
      toWrite = undefined;
      nowMs += WRITE_MS;
      const program = version.firmware === older.firmware ? 'wearable-test' : 'wearable-next-test';
      if (bytes !== undefined && Buffer.compare(bytes, bytesOf(image(program))) !== 0)
        throw new Error('what is to be written is not what was offered');
      if (failures-- > 0) updater.failed();
      else if (updater.state === 'restoring' && fault === 'cut-restoring' && !isUsedUp) cutPower();
      else {
        updater.written(nowMs);
        restart(cause, program);
      }
    }
  };
  const cutPower = (): void => {
    isUsedUp = true;
    updater.powerCut();
    fetchFrom = undefined;
    if (toWrite === undefined) restart(ResetCause.powerOn);
    else write(ResetCause.powerOn);
  };
  const answerFetch = (): void => {
    if (fetchFrom === undefined || tick % 3 !== 0) return;
    const from = fetchFrom;
    fetchFrom = undefined;
    const bytes = bytesOf(image('wearable-next-test'));
    const piece = bytes.slice(from, from + PIECE_BYTES);
    if (fault === 'download fails' && from > 4 * PIECE_BYTES) return updater.failed();
    if (fault === 'image is damaged') piece[Math.floor(luck(STREAM.fault) * piece.length)]! ^= 1;
    updater.piece(piece, from + PIECE_BYTES >= bytes.length, nowMs);
  };

  const offerTick = 300 + Math.floor(60 * luck(STREAM.offer));
  const downTick = offerTick - 100 + Math.floor(80 * luck(STREAM.link));
  tick = 0;
  say(2, { type: 'linkUp' });
  say(3, { type: 'timeSync', epochMs: EPOCH_MS });
  say(downTick, { type: 'linkDown' });
  say(downTick + Math.floor(400 * luck(STREAM.link, 1)), { type: 'linkUp' });
  let trialTicks = 0;
  for (tick = 0; tick < TICKS; tick++) {
    nowMs += TICK_MS;
    const said = due.get(tick) ?? [];
    chip.runTick(said.map(({ message }) => message));
    const hangs = said.some(({ message }) => message.type === 'hang');
    if (!hangs) for (const { known } of said) known?.();
    if (takenFirmware !== undefined) updater.taken(takenFirmware, nowMs);
    takenFirmware = undefined;
    answerFetch();
    if (tick === offerTick) updater.offer(newer, nowMs);
    life.states.add(updater.state);
    if (updater.state === 'trial') trialTicks += 1;
    const isCut =
      fault === `cut-${updater.state}` && updater.state !== 'restoring' && updater.state !== 'swapping';
    if (isCut && !isUsedUp && (updater.state !== 'trial' || trialTicks > 40)) cutPower();
    updater.wake(nowMs);
    life.states.add(updater.state);
    if (hangs) restart(ResetCause.watchdog);
    else if (fault === 'brown-outs' && tick % 149 === 5) restart(ResetCause.brownOut);
    if (toWrite !== undefined) {
      if (fault === 'cut-swapping' && !isUsedUp) {
        toWrite = undefined;
        nowMs += WRITE_MS / 2;
        cutPower();
      } else write(ResetCause.external);
    }
    life.states.add(updater.state);
  }
  life.firmware = updater.running.firmware;
  return life;
}
