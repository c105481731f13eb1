const MAJOR_MOST = 15;
const PART_MOST = 63;

/** `1.0.0`: as in the frame header, major 4 bits, minor 6, patch 6. */
export function firmwareText(firmware: number): string {
  return `${firmware >> 12}.${(firmware >> 6) & PART_MOST}.${firmware & PART_MOST}`;
}

/** The 16 bits of `1.0.0`; `undefined`: it is no version from 0.0.0 to 15.63.63. */
export function parseFirmware(text: string): number | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text)?.map(Number) ?? [];
  if (major === undefined || major > MAJOR_MOST || minor! > PART_MOST || patch! > PART_MOST) return undefined;
  return (major << 12) | (minor! << 6) | patch!;
}
