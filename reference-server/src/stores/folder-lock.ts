import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Locks that this process holds: its own number in a lock file says nothing of who, in it, took the lock. */
const HELD_HERE = new Set<string>();

/**
 * A lock file that names its holder: process number and, where the system tells, when that process started,
 * so that a number that was given again is not taken for the holder. The lock of a process that is gone is
 * taken over. It guards against two servers on one machine, not across machines that share a folder.
 */
export class FolderLock {
  private readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** The lock, or the number of the process that holds it. */
  static take(path: string): FolderLock | number {
    if (HELD_HERE.has(path)) return process.pid;
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, `${process.pid} ${startOf(process.pid) ?? '-'}\n`);
    try {
      for (;;) {
        // A link appears whole or not at all, and fails where there is one: of two that try, one succeeds.
        if (tryLink(draft, path)) {
          HELD_HERE.add(path);
          return new FolderLock(path);
        }
        const seen = readOrNull(path);
        if (seen === null) continue;
        const [pid = '', start = '-'] = seen.trim().split(' ');
        if (isAlive(Number(pid), start)) return Number(pid);
        removeIfStill(path, seen, `${draft}.stale`);
      }
    } finally {
      rmSync(draft, { force: true });
    }
  }

  release(): void {
    if (HELD_HERE.delete(this.path)) rmSync(this.path, { force: true });
  }
}

/** Takes a dead lock away, unless somebody else replaced it since it was read: then that one is put back. */
function removeIfStill(path: string, seen: string, aside: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readOrNull(aside) !== seen) tryLink(aside, path);
  rmSync(aside, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** `true`: the process that wrote the lock runs still, as far as can be told. This process wrote none that it forgot. */
function isAlive(pid: number, start: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const startsNow = startOf(pid);
  return start === '-' || startsNow === null || startsNow === start;
}

/**
 * When a process started, in clock ticks since the system did, and which start of the system that was; `null`
 * where the system does not tell (it is Linux that does: proc(5), field 22 of `stat`, after the name's `)`).
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`;
  } catch {
    return null;
  }
}
