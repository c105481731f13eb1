/** A boot of a device, and the start of a reading in it: the latest, or the one that has just come. */
export interface BootMoment {
  boot: number;
  startMs: number;
}

/** Boots at most so far apart may be restarts of one device: more often it does not start unheard. */
export const RESTARTS_MAX = 256;

/**
 * `true` if boot `a` came after boot `b`. Boots are 16-bit numbers that wrap.
 *
 * Numbers that lie close together count the starts of one device: they decide, for its clock may have been set
 * back between them. Numbers that lie far apart do not count each other's starts: the counter was begun anew,
 * as it is by each run of a simulated fleet, or was lost. Of those the later start is newer. Only where the
 * starts are equal does the number decide there too.
 */
export function bootIsNewer(a: BootMoment, b: BootMoment): boolean {
  const ahead = (a.boot - b.boot) & 0xffff;
  const isNear = ahead <= RESTARTS_MAX || ahead >= 0x10000 - RESTARTS_MAX;
  if (!isNear && a.startMs !== b.startMs) return a.startMs > b.startMs;
  return ahead > 0 && ahead < 0x8000;
}
