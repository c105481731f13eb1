import type { BootPayload } from './boot.ts';
import type { FrameHeader } from './codec.ts';
import type { EventPayload } from './event.ts';

/** What a frame's payload says. Features: one value per row of `FEATURE_FIELDS`. */
export type VectorContent =
  | { features: readonly number[] }
  | { chunk: { chunkIndex: number; sampleCount: number; samples: readonly number[] } }
  | { event: EventPayload }
  | { boot: BootPayload };

/** A frame, as fields and as bytes. */
export interface FrameVector {
  readonly name: string;
  readonly header: FrameHeader;
  readonly content: VectorContent;
  readonly oldestHeldSeq: number;
  /** The whole frame in hexadecimal digits. */
  readonly hex: string;
}

/**
 * Golden vectors of wire version 1, made once by a program that shares nothing with this codec, and fixed
 * since: firmware, twin, server and k6 scripts are held to them. A change here is a new wire version.
 */
export const FRAME_VECTORS: readonly FrameVector[] = [
  {
    name: 'features: a slot of walking',
    header: {
      kind: 1,
      flags: 0,
      placement: 1,
      accelRange: 2,
      gyroRange: 2,
      device: 77,
      boot: 3,
      firmware: 4096,
      seq: 41,
      startMs: 1700000000000,
      batteryMv: 3700,
      slotMs: 5000,
    },
    content: {
      features: [
        250, 9, 12, 4100, -800, 950, -310, 900, -1400, 1200, 4012, 4080, 3300, 4700, 55, 1300, -2500, 2600,
        -48, 700, -1500, 1450, 7, 410, -900, 880, 6200, 5105, 4890, 7011, 5400, 5222, 1630, 2440, 16201, 72,
        6, 310,
      ],
    },
    oldestHeldSeq: 40,
    hex:
      '010100514d00000003000010290000000068e5cf8b01740e88134800fa090c000410e0fcb603cafe840388fab004ac0f' +
      'f00fe40c5c12370014053cf6280ad0ffbc0224faaa0507009a017cfc70033818f1131a13631b181566145e068809493f' +
      '4806360128000000069f',
  },
  {
    name: 'features: all zero, the first frame of a device',
    header: {
      kind: 1,
      flags: 0,
      placement: 0,
      accelRange: 0,
      gyroRange: 0,
      device: 0,
      boot: 0,
      firmware: 0,
      seq: 0,
      startMs: 0,
      batteryMv: 0,
      slotMs: 0,
    },
    content: {
      features: [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0,
      ],
    },
    oldestHeldSeq: 0,
    hex:
      '010100000000000000000000000000000000000000000000000048000000000000000000000000000000000000000000' +
      '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000' +
      '00000000000000006285',
  },
  {
    name: 'features: every field at its least',
    header: {
      kind: 1,
      flags: 3,
      placement: 1,
      accelRange: 2,
      gyroRange: 2,
      device: 1,
      boot: 0,
      firmware: 4096,
      seq: 1000,
      startMs: 1700000000000,
      batteryMv: 3700,
      slotMs: 1000,
    },
    content: {
      features: [
        0, 0, -32768, 0, -32768, -32768, -32768, 0, -32768, -32768, -32768, 0, -32768, -32768, -32768, 0,
        -32768, -32768, -32768, 0, -32768, -32768, -32768, 0, -32768, -32768, 0, 0, 0, 0, 0, 0, 0, 0, -32768,
        0, 0, 0,
      ],
    },
    oldestHeldSeq: 990,
    hex:
      '010103510100000000000010e80300000068e5cf8b01740ee80348000000008000000080008000800000008000800080' +
      '000000800080008000000080008000800000008000800080000000800080000000000000000000000000000000000080' +
      '00000000de0300008dbe',
  },
  {
    name: 'features: every field of header and payload at its most, the last number of a boot',
    header: {
      kind: 1,
      flags: 31,
      placement: 4,
      accelRange: 3,
      gyroRange: 3,
      device: 4294967295,
      boot: 65535,
      firmware: 65535,
      seq: 4294967295,
      startMs: 281474976710655,
      batteryMv: 65535,
      slotMs: 65535,
    },
    content: {
      features: [
        255, 255, 32767, 65535, 32767, 32767, 32767, 65535, 32767, 32767, 32767, 65535, 32767, 32767, 32767,
        65535, 32767, 32767, 32767, 65535, 32767, 32767, 32767, 65535, 32767, 32767, 65535, 65535, 65535,
        65535, 65535, 65535, 65535, 65535, 32767, 255, 255, 65535,
      ],
    },
    oldestHeldSeq: 4294967295,
    hex:
      '01011f7cffffffffffffffffffffffffffffffffffffffffffff4800ffffff7fffffff7fff7fff7fffffff7fff7fff7f' +
      'ffffff7fff7fff7fffffff7fff7fff7fffffff7fff7fff7fffffff7fff7fffffffffffffffffffffffffffffffffff7f' +
      'fffffffffffffffff4a9',
  },
  {
    name: 'features: backfill of a start beyond 32 bits, below 2^41',
    header: {
      kind: 1,
      flags: 16,
      placement: 1,
      accelRange: 2,
      gyroRange: 2,
      device: 287454020,
      boot: 2571,
      firmware: 4096,
      seq: 16909060,
      startMs: 4328719365,
      batteryMv: 3700,
      slotMs: 5000,
    },
    content: {
      features: [
        250, 9, 12, 4100, -800, 950, -310, 900, -1400, 1200, 4012, 4080, 3300, 4700, 55, 1300, -2500, 2600,
        -48, 700, -1500, 1450, 7, 410, -900, 880, 6200, 5105, 4890, 7011, 5400, 5222, 1630, 2440, 16201, 72,
        6, 310,
      ],
    },
    oldestHeldSeq: 16909056,
    hex:
      '01011051443322110b0a001004030201050403020100740e88134800fa090c000410e0fcb603cafe840388fab004ac0f' +
      'f00fe40c5c12370014053cf6280ad0ffbc0224faaa0507009a017cfc70033818f1131a13631b181566145e068809493f' +
      '4806360100030201b92a',
  },
  {
    name: 'raw chunk: the tenth of its reading, values over the whole range',
    header: {
      kind: 2,
      flags: 4,
      placement: 2,
      accelRange: 2,
      gyroRange: 2,
      device: 1,
      boot: 0,
      firmware: 4096,
      seq: 12345,
      startMs: 1700000000000,
      batteryMv: 3700,
      slotMs: 5000,
    },
    content: {
      chunk: {
        chunkIndex: 9,
        sampleCount: 25,
        samples: [
          -32768, -32331, -31894, -31457, -31020, -30583, -30146, -29709, -29272, -28835, -28398, -27961,
          -27524, -27087, -26650, -26213, -25776, -25339, -24902, -24465, -24028, -23591, -23154, -22717,
          -22280, -21843, -21406, -20969, -20532, -20095, -19658, -19221, -18784, -18347, -17910, -17473,
          -17036, -16599, -16162, -15725, -15288, -14851, -14414, -13977, -13540, -13103, -12666, -12229,
          -11792, -11355, -10918, -10481, -10044, -9607, -9170, -8733, -8296, -7859, -7422, -6985, -6548,
          -6111, -5674, -5237, -4800, -4363, -3926, -3489, -3052, -2615, -2178, -1741, -1304, -867, -430, 7,
          444, 881, 1318, 1755, 2192, 2629, 3066, 3503, 3940, 4377, 4814, 5251, 5688, 6125, 6562, 6999, 7436,
          7873, 8310, 8747, 9184, 9621, 10058, 10495, 10932, 11369, 11806, 12243, 12680, 13117, 13554, 13991,
          14428, 14865, 15302, 15739, 16176, 16613, 17050, 17487, 17924, 18361, 18798, 19235, 19672, 20109,
          20546, 20983, 21420, 21857, 22294, 22731, 23168, 23605, 24042, 24479, 24916, 25353, 25790, 26227,
          26664, 27101, 27538, 27975, 28412, 28849, 29286, 29723, 30160, 30597, 31034, 31471, 31908, 32345,
        ],
      },
    },
    oldestHeldSeq: 12340,
    hex:
      '010204520100000000000010393000000068e5cf8b01740e88132e0109190080b5816a831f85d48689883e8af38ba88d' +
      '5d8f1291c7927c943196e6979b99509b059dba9e6fa024a2d9a38ea543a7f8a8adaa62ac17aeccaf81b136b3ebb4a0b6' +
      '55b80ababfbb74bd29bfdec093c248c4fdc5b2c767c91ccbd1cc86ce3bd0f0d1a5d35ad50fd7c4d879da2edce3dd98df' +
      '4de102e3b7e46ce621e8d6e98beb40edf5eeaaf05ff214f4c9f57ef733f9e8fa9dfc52fe0700bc0171032605db069008' +
      '450afa0baf0d640f1911ce1283143816ed17a219571b0c1dc11e76202b22e02395254a27ff28b42a692c1e2ed32f8831' +
      '3d33f234a7365c38113ac63b7b3d303fe5409a424f440446b9476e49234bd84c8d4e4250f751ac5361551657cb58805a' +
      '355cea5d9f5f54610963be6473662868dd69926b476dfc6eb17066721b74d07585773a79ef7aa47c597e34300000effd',
  },
  {
    name: 'event: a fall',
    header: {
      kind: 3,
      flags: 4,
      placement: 1,
      accelRange: 2,
      gyroRange: 2,
      device: 1,
      boot: 0,
      firmware: 4096,
      seq: 8,
      startMs: 1700000000000,
      batteryMv: 3700,
      slotMs: 0,
    },
    content: { event: { type: 1, peak: 10322, min: 410, gyroPeak: 9800, tiltCosine: -5601, offsetMs: 3120 } },
    oldestHeldSeq: 6,
    hex: '010304510100000000000010080000000068e5cf8b01740e00000c00010052289a0148261fea300c06000000eec0',
  },
  {
    name: 'event: a pressed button',
    header: {
      kind: 3,
      flags: 0,
      placement: 1,
      accelRange: 2,
      gyroRange: 2,
      device: 1,
      boot: 0,
      firmware: 4096,
      seq: 9,
      startMs: 1700000000000,
      batteryMv: 3700,
      slotMs: 0,
    },
    content: { event: { type: 2, peak: 0, min: 0, gyroPeak: 0, tiltCosine: 16384, offsetMs: 65535 } },
    oldestHeldSeq: 9,
    hex: '010300510100000000000010090000000068e5cf8b01740e00000c0002000000000000000040ffff09000000c356',
  },
  {
    name: 'boot: after the watchdog fired',
    header: {
      kind: 4,
      flags: 0,
      placement: 1,
      accelRange: 2,
      gyroRange: 2,
      device: 1,
      boot: 4,
      firmware: 4096,
      seq: 0,
      startMs: 1700000000000,
      batteryMv: 3700,
      slotMs: 0,
    },
    content: { boot: { resetCause: 8, ringFrames: 12, imageHash: 3735928559, droppedFrames: 3 } },
    oldestHeldSeq: 0,
    hex: '010400510100000004000010000000000068e5cf8b01740e00000800080cefbeadde030000000000886a',
  },
];
