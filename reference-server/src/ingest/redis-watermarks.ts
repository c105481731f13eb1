import { RESTARTS_MAX } from './boot-order.ts';
import type { Watermark } from './reading-log.ts';

/**
 * Watermarks are looked up by device alone, before anything is known of its patient, so they do not lie with
 * the patient's partition but in one hash of their own. Field: device (4 bytes). Value: boot (2), seq + 1 (6),
 * start in ms (6); big-endian.
 */
const DEVICE_BYTES = 4;
const VALUE_BYTES = 14;
const PAIR_BYTES = DEVICE_BYTES + VALUE_BYTES;

export function encodeDevice(device: number): Buffer {
  const bytes = Buffer.allocUnsafe(DEVICE_BYTES);
  bytes.writeUInt32BE(device);
  return bytes;
}

/** One more than `seq` is stored, because a boot of which nothing is durable yet has -1. */
export function decodeWatermark(value: Buffer): Watermark {
  return { boot: value.readUInt16BE(0), seq: value.readUIntBE(2, 6) - 1, startMs: value.readUIntBE(8, 6) };
}

/** The watermarks as one string of pairs of field and value. */
export function encodeWatermarks(watermarks: ReadonlyMap<number, Watermark>): Buffer {
  const bytes = Buffer.allocUnsafe(watermarks.size * PAIR_BYTES);
  let at = 0;
  for (const [device, { boot, seq, startMs }] of watermarks) {
    at = bytes.writeUInt32BE(device, at);
    at = bytes.writeUInt16BE(boot, at);
    at = bytes.writeUIntBE(seq + 1, at, 6);
    at = bytes.writeUIntBE(startMs, at, 6);
  }
  return bytes;
}

/**
 * Lua: `keepHighest(key, pairs)` stores what is newer than what is there: a newer boot (as `bootIsNewer` has
 * it), or of the same boot the higher number and the later start. Devices are looked up and
 * stored 500 at a time, because Lua's stack is bounded. This is most of what an append costs Redis, hence
 * one `struct.unpack` for a whole value.
 */
export const KEEP_HIGHEST_LUA = `
local sub, unpackNumbers = string.sub, struct.unpack

local function highest(offered, stored)
  if not stored then return offered end
  local boot, seq, start = unpackNumbers('>I2I6I6', offered)
  local storedBoot, storedSeq, storedStart = unpackNumbers('>I2I6I6', stored)
  if boot ~= storedBoot then
    local ahead = (boot - storedBoot) % 65536
    local near = ahead <= ${RESTARTS_MAX} or ahead >= ${0x10000 - RESTARTS_MAX}
    local newer
    if near or start == storedStart then newer = ahead < 32768 else newer = start > storedStart end
    if newer then return offered end
    return stored
  end
  if seq >= storedSeq and start >= storedStart then return offered end
  if seq <= storedSeq and start <= storedStart then return stored end
  if seq > storedSeq then return sub(offered, 1, 8) .. sub(stored, 9, 14) end
  return sub(stored, 1, 8) .. sub(offered, 9, 14)
end

local function keepHighest(key, pairs)
  local at, last = 1, #pairs
  while at <= last do
    local devices, offered, count = {}, {}, 0
    while at <= last and count < 500 do
      count = count + 1
      devices[count] = sub(pairs, at, at + ${DEVICE_BYTES - 1})
      offered[count] = sub(pairs, at + ${DEVICE_BYTES}, at + ${PAIR_BYTES - 1})
      at = at + ${PAIR_BYTES}
    end
    local stored = redis.call('HMGET', key, unpack(devices))
    local changed, changes = {}, 0
    for i = 1, count do
      local value = highest(offered[i], stored[i])
      if value ~= stored[i] then
        changed[changes + 1] = devices[i]
        changed[changes + 2] = value
        changes = changes + 2
      end
    end
    if changes > 0 then redis.call('HSET', key, unpack(changed)) end
  end
end
`;
