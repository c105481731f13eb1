/**
 * CRC-16/IBM-3740 (also called CCITT-FALSE): polynomial 0x1021, start 0xFFFF, not reflected, no final xor.
 * Check value of "123456789" is 0x29B1. avr-libc's `_crc_xmodem_update` started at 0xFFFF gives the same.
 */
const TABLE = /* @__PURE__ */ (() => {
  const table = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    table[byte] = crc & 0xffff;
  }
  return table;
})();

export const CRC16_START = 0xffff;

/** Continues `crc` over `bytes[from, to)`. Start with {@link CRC16_START}; a CRC can be kept and continued later. */
export function crc16(bytes: Uint8Array, from: number, to: number, crc: number = CRC16_START): number {
  let value = crc;
  for (let i = from; i < to; i++) value = ((value << 8) & 0xffff) ^ TABLE[(value >>> 8) ^ bytes[i]!]!;
  return value;
}
