import { beginFrame, bootPayload, FrameKind, HEADER_BYTES, ResetCause } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { Updater, type UpdateState } from './updater.ts';

const OLD = { firmware: 0x1000, hash: 1 };
const NEW = { firmware: 0x1040, hash: 0x01020304 };
/** Its hash lies in it as the chip has it; the digest that the updater is given says it is right. */
const IMAGE = Uint8Array.of(9, 9, 4, 3, 2, 1, 9);
const DIGEST = Uint8Array.of(1, 2, 3, 4, 5, 6);

const BOOT_FRAME = bootFrame(NEW.firmware, NEW.hash, 7, 3);

function bootFrame(firmware: number, imageHash: number, boot: number, seq: number): Uint8Array {
  const bytes = beginFrame({
    kind: FrameKind.boot,
    flags: 0,
    placement: 1,
    accelRange: 2,
    gyroRange: 2,
    device: 1,
    boot,
    firmware,
    seq,
    startMs: 0,
    batteryMv: 3700,
    slotMs: 0,
  });
  const report = { resetCause: ResetCause.external, ringFrames: 12, imageHash, droppedFrames: 0 };
  bytes.set(bootPayload(report), HEADER_BYTES);
  return bytes;
}

function updaterOf(digest = DIGEST) {
  const said: string[] = [];
  const updater = new Updater(
    OLD,
    { sha256: () => digest },
    {
      offer: ({ firmware }) => said.push(`offer ${firmware}`),
      fetch: ({ firmware }, offset) => said.push(`fetch ${firmware} ${offset}`),
      write: ({ firmware }, image) => said.push(`write ${firmware}${image ? ` ${image.length}` : ''}`),
      ended: (outcome, { firmware }) => said.push(`${outcome} ${firmware}`),
    },
  );
  return { updater, said };
}

/** The way to a state by its shortest road. */
const WAY: { readonly [state in UpdateState]: (updater: Updater) => void } = {
  running: () => {},
  offered: (updater) => updater.offer(NEW, 0),
  downloading: (updater) => {
    WAY.offered(updater);
    updater.taken(NEW.firmware, 0);
  },
  verifying: (updater) => {
    WAY.downloading(updater);
    updater.piece(IMAGE, true, 0);
  },
  swapping: (updater) => {
    WAY.verifying(updater);
    updater.wake(0);
  },
  trial: (updater) => {
    WAY.swapping(updater);
    updater.written(0);
  },
  restoring: (updater) => {
    WAY.trial(updater);
    updater.wake(60_000);
  },
};

const INPUTS = {
  offer: (updater: Updater) => updater.offer(NEW, 0),
  taken: (updater: Updater) => updater.taken(NEW.firmware, 0),
  'taken: another': (updater: Updater) => updater.taken(OLD.firmware, 0),
  piece: (updater: Updater) => updater.piece(IMAGE.subarray(0, 3), false, 0),
  'last piece': (updater: Updater) => updater.piece(IMAGE, true, 0),
  'no bytes': (updater: Updater) => updater.piece(new Uint8Array(0), false, 0),
  'too many bytes': (updater: Updater) => updater.piece(new Uint8Array(32_769), true, 0),
  failed: (updater: Updater) => updater.failed(),
  written: (updater: Updater) => updater.written(0),
  proven: (updater: Updater) => {
    updater.frame(BOOT_FRAME);
    updater.acknowledged(7, 4);
  },
  'its boot frame alone': (updater: Updater) => {
    updater.frame(BOOT_FRAME);
    updater.acknowledged(7, 3);
    updater.acknowledged(6, 9);
  },
  'the old program': (updater: Updater) => {
    updater.frame(BOOT_FRAME);
    updater.frame(bootFrame(OLD.firmware, OLD.hash, 8, 0));
    updater.acknowledged(7, 4);
    updater.acknowledged(8, 4);
  },
  'another build': (updater: Updater) => {
    updater.frame(bootFrame(NEW.firmware, NEW.hash + 1, 8, 0));
    updater.acknowledged(8, 4);
  },
  'power was cut': (updater: Updater) => updater.powerCut(),
  'too early': (updater: Updater) => updater.wake(-1),
  'too late': (updater: Updater) => updater.wake(60_000),
} satisfies Record<string, (updater: Updater) => void>;
type Input = keyof typeof INPUTS;

/** What each input leads to and says; what is left out changes nothing. */
const TABLE: {
  readonly [state in UpdateState]: { readonly [input in Input]?: readonly [UpdateState, ...string[]] };
} = {
  running: { offer: ['offered', 'offer 4160'] },
  offered: {
    taken: ['downloading', 'fetch 4160 0'],
    'power was cut': ['running', 'power_cut 4160'],
    'too late': ['running', 'not_taken 4160'],
  },
  downloading: {
    piece: ['downloading', 'fetch 4160 3'],
    'last piece': ['verifying'],
    'no bytes': ['running', 'download_failed 4160'],
    'too many bytes': ['running', 'download_failed 4160'],
    failed: ['running', 'download_failed 4160'],
    'power was cut': ['running', 'power_cut 4160'],
    'too late': ['running', 'download_failed 4160'],
  },
  verifying: {
    'power was cut': ['running', 'power_cut 4160'],
    'too late': ['swapping', 'write 4160 7'],
  },
  swapping: {
    written: ['trial'],
    failed: ['restoring', 'write 4096'],
    'power was cut': ['restoring', 'write 4096'],
  },
  trial: {
    proven: ['running', 'confirmed 4160'],
    'power was cut': ['restoring', 'write 4096'],
    'too late': ['restoring', 'write 4096'],
  },
  restoring: {
    written: ['running', 'not_confirmed 4160'],
    failed: ['restoring', 'write 4096'],
    'power was cut': ['restoring', 'write 4096'],
  },
};

describe('the updater of a modem', () => {
  for (const [state, row] of Object.entries(TABLE) as [UpdateState, (typeof TABLE)[UpdateState]][]) {
    it.each(Object.keys(INPUTS) as Input[])(`in ${state}: %s`, (input) => {
      const { updater, said } = updaterOf();
      WAY[state](updater);
      expect(updater.state).toBe(state);
      said.length = 0;
      const { wakeAtMs } = updater;
      INPUTS[input](updater);
      const [to, ...says] = row[input] ?? [state];
      expect([updater.state, ...said]).toEqual([to, ...says]);
      if (row[input] === undefined) expect(updater.wakeAtMs).toBe(wakeAtMs);
      const runs = to === 'running' && says[0]?.startsWith('confirmed') ? NEW : OLD;
      expect(updater.running).toEqual(runs);
    });
  }

  it('tells why the old program is back, whatever happens on the way', () => {
    const { updater, said } = updaterOf();
    WAY.swapping(updater);
    updater.powerCut();
    updater.failed();
    updater.powerCut();
    updater.written(0);
    expect(said.slice(-2)).toEqual(['write 4096', 'power_cut 4160']);
    expect(said.filter((one) => one === 'write 4096')).toHaveLength(3);
  });

  it('keeps the old program when the hash does not hold', () => {
    const { updater, said } = updaterOf(Uint8Array.of(1, 2, 3, 5));
    WAY.swapping(updater);
    expect([updater.state, said.at(-1)]).toEqual(['running', 'bad_hash 4160']);
  });

  it('begins a download anew after one that failed', () => {
    const { updater, said } = updaterOf();
    WAY.downloading(updater);
    updater.piece(IMAGE.subarray(0, 4), false, 0);
    updater.failed();
    WAY.swapping(updater);
    expect(said.slice(-2)).toEqual(['fetch 4160 0', 'write 4160 7']);
  });

  it('takes no offer of what it runs, or of what it had to give up', () => {
    const { updater } = updaterOf();
    updater.offer(OLD, 0);
    expect(updater.state).toBe('running');
    WAY.restoring(updater);
    updater.written(0);
    updater.offer(NEW, 0);
    expect(updater.state).toBe('running');
    updater.offer({ ...NEW, hash: 5 }, 0);
    expect(updater.state).toBe('offered');
  });
});
