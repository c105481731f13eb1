import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';

/** What a machine offers to a fleet. `null`: it could not be found out. */
export interface FleetEnvironment {
  platform: NodeJS.Platform;
  cores: number;
  /** File descriptors that one process may open. */
  descriptorsPerProcess: number | null;
  /** Up to which that limit may be raised without rights. */
  descriptorsPerProcessMax: number | null;
  /** Local ports that the system gives to outgoing connections of one source address. */
  localPorts: number | null;
  memoryFreeBytes: number;
}

const IANA_DYNAMIC_PORTS = 65_535 - 49_152 + 1;

/** Asks the operating system; never throws. The limits are those that processes forked from here inherit. */
export function probeEnvironment(): FleetEnvironment {
  const descriptors = process.platform === 'linux' ? linuxDescriptors() : shellDescriptors();
  return {
    platform: process.platform,
    cores: availableParallelism(),
    descriptorsPerProcess: descriptors.soft,
    descriptorsPerProcessMax: descriptors.hard,
    localPorts: localPorts(),
    memoryFreeBytes: linuxMemoryBytes() ?? freemem(),
  };
}

interface Limits {
  soft: number | null;
  hard: number | null;
}

/** A number, or `unlimited`. */
function limitOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (text.trim() === 'unlimited') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  return Number.isInteger(value) ? value : null;
}

function linuxDescriptors(): Limits {
  const line = /^Max open files\s+(\S+)\s+(\S+)/m.exec(fileText('/proc/self/limits'));
  return { soft: limitOf(line?.[1]), hard: limitOf(line?.[2]) };
}

function shellDescriptors(): Limits {
  if (process.platform === 'win32') return { soft: null, hard: null };
  return { soft: limitOf(shellText('ulimit -Sn')), hard: limitOf(shellText('ulimit -Hn')) };
}

function localPorts(): number | null {
  if (process.platform === 'linux') {
    const [from, to] = fileText('/proc/sys/net/ipv4/ip_local_port_range').trim().split(/\s+/).map(Number);
    return from === undefined || to === undefined || !(to >= from) ? null : to - from + 1;
  }
  if (process.platform === 'darwin') {
    const first = limitOf(shellText('sysctl -n net.inet.ip.portrange.first'));
    const last = limitOf(shellText('sysctl -n net.inet.ip.portrange.last'));
    return first === null || last === null ? null : last - first + 1;
  }
  return IANA_DYNAMIC_PORTS;
}

/** Free and what caches would give back. */
function linuxMemoryBytes(): number | undefined {
  const line = /^MemAvailable:\s+(\d+) kB/m.exec(fileText('/proc/meminfo'));
  return line === null ? undefined : Number(line[1]) * 1024;
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function shellText(command: string): string | undefined {
  try {
    return execFileSync('/bin/sh', ['-c', command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}
