import { hashString } from './hash.ts';

/**
 * How time is cut into windows. The server cuts by it and publishes it (`GET /v1/settings`); the ledger
 * cuts by the same numbers.
 */
export interface WindowSettings {
  /** Length of a window, in ms. */
  windowMs: number;
  /** A moment at which a window with phase 0 starts, ms since the epoch. */
  windowOriginMs: number;
  /** Patients' windows are spread over this many ms, by hash of the patient; 0: all close at once. */
  windowPhaseSpreadMs: number;
}

export const WINDOW_SETTINGS_DEFAULT: Readonly<WindowSettings> = {
  windowMs: 60_000,
  windowOriginMs: 0,
  windowPhaseSpreadMs: 60_000,
};

/** How far this patient's windows are shifted against the origin, in ms. */
export function windowPhaseMs(patient: string, settings: WindowSettings): number {
  if (settings.windowPhaseSpreadMs === 0) return 0;
  return hashString(patient, 0x77696e64) % settings.windowPhaseSpreadMs;
}

/** Start of the window that holds the moment `atMs`, for a patient with this phase. */
export function windowStartMs(atMs: number, phaseMs: number, settings: WindowSettings): number {
  const base = settings.windowOriginMs + phaseMs;
  return base + Math.floor((atMs - base) / settings.windowMs) * settings.windowMs;
}
