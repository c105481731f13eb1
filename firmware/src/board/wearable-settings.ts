import { crc16, Placement, SLOT_MS_DEFAULT } from '@gaitway/contract';

/** What a wearable is told once, when it is made ready for its patient. */
export interface WearableSettings {
  device: number;
  placement?: Placement;
  /** As in the frame header. */
  accelRange?: number;
  gyroRange?: number;
  mode?: 'features' | 'raw';
  slotMs?: number;
  /** A hub with an optical sensor for the heart is fitted. Default: none. */
  hasHub?: boolean;
}

const SETTINGS_BYTES = 10;
/** The hub's byte, and the same inverted: whatever else lies there means none. */
const HUB_AT = 12;
const HUB_FITTED = 1;
const BLANK = 0xff;

/** The settings as they lie at the beginning of the EEPROM (`docs/firmware-link.md`). */
export function settingsInEeprom(settings: WearableSettings): Uint8Array {
  const { device, placement = Placement.wrist, accelRange = 2, gyroRange = 2 } = settings;
  const bytes = new Uint8Array(HUB_AT + 2).fill(BLANK);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, device, true);
  bytes.set([placement, accelRange, gyroRange, settings.mode === 'raw' ? 1 : 0], 4);
  view.setUint16(8, settings.slotMs ?? SLOT_MS_DEFAULT, true);
  view.setUint16(SETTINGS_BYTES, crc16(bytes, 0, SETTINGS_BYTES), true);
  if (settings.hasHub === true) bytes.set([HUB_FITTED, ~HUB_FITTED & 0xff], HUB_AT);
  return bytes;
}

/** Where the boot number lies, once as it is and once inverted. */
const BOOT_AT = 16;

/**
 * A whole EEPROM's beginning: the settings, and the last boot number that was used, so that the next start has the one
 * after it. Without one the first start has number 0.
 */
export function wearableEeprom(settings: WearableSettings, lastBoot?: number): Uint8Array {
  const bytes = new Uint8Array(BOOT_AT + 4).fill(BLANK);
  bytes.set(settingsInEeprom(settings));
  if (lastBoot === undefined) return bytes;
  const view = new DataView(bytes.buffer);
  view.setUint16(BOOT_AT, lastBoot, true);
  view.setUint16(BOOT_AT + 2, ~lastBoot & 0xffff, true);
  return bytes;
}
