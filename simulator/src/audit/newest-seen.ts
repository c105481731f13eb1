import { describeWindow } from './audit-result.ts';

export interface NewestWindow {
  startMs: number;
  revision: number;
}

/** What there was to see at the end of drain. */
export interface NewestState {
  newestAcknowledgedMs(patient: string): number | undefined;
  /** Nobody sent anything newer. */
  newestSentMs(patient: string): number | undefined;
  newestWindow(patient: string): NewestWindow | undefined;
  /**
   * Given when windows may still have been open as the viewers left: then a viewer who saw less than the newest
   * is stale only when the window that starts here, which was certainly closed before, was not seen either, or no
   * reading of that window or later: the server had come so far, and readings are shown before their window closes.
   */
  newestClosedMs?(patient: string): number | undefined;
  /** Without the archive nobody knows which windows there were. */
  archiveRead: boolean;
  /** Other runs may have shown the same patients: what is newer than this run knows may be theirs. */
  shared: boolean;
}

/** The newest that one viewer saw of one patient; -1: nothing. */
export interface SeenState {
  /** The viewer asked to watch the patient: its token allows it. */
  asked: boolean;
  /** The server let it. */
  watching: boolean;
  readingMs: number;
  windowMs: number;
  revision: number;
  updates: number;
  seenAtMs: number;
}

/** What the viewer should have seen and did not; `null`: nothing. */
export function missedOf(
  state: SeenState,
  newestReadingMs: number | undefined,
  newestWindow: NewestWindow | undefined,
): { startMs: number; expected: string; found: string } | null {
  if (newestReadingMs !== undefined && state.readingMs < newestReadingMs) {
    return {
      startMs: newestReadingMs,
      expected: `the reading of ${describeMoment(newestReadingMs)}`,
      found: state.readingMs < 0 ? 'none' : `the reading of ${describeMoment(state.readingMs)}`,
    };
  }
  if (newestWindow === undefined) return null;
  const { startMs, revision } = newestWindow;
  if (state.windowMs > startMs || (state.windowMs === startMs && state.revision >= revision)) return null;
  return {
    startMs,
    expected: `${describeWindow(startMs)} in revision ${revision}`,
    found: state.windowMs < 0 ? 'none' : `${describeWindow(state.windowMs)} in revision ${state.revision}`,
  };
}

/** Whether the viewer may have left before that came which it missed. */
export function mayHaveComeLater(
  { windowMs, readingMs }: SeenState,
  patient: string,
  { newestClosedMs }: NewestState,
): boolean {
  if (newestClosedMs === undefined) return false;
  const closedMs = newestClosedMs(patient) ?? -1;
  return windowMs >= closedMs && readingMs >= closedMs;
}

export function describeMoment(atMs: number): string {
  return new Date(atMs).toISOString();
}
