import { hostname } from 'node:os';
import { EXIT_CODE } from '@gaitway/contract';
import { SERVER_ROLES, type ServerRole, type ServerSettings } from '@gaitway/reference-server/settings';
import { Fault } from '../fault.ts';

const PORT_MAX = 65_535;

/** The roles of `--roles gateway,processor`. */
export function rolesOf(text: string): ServerRole[] {
  const roles = text
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '');
  const wrong = roles.filter((role) => !(SERVER_ROLES as readonly string[]).includes(role));
  if (roles.length > 0 && wrong.length === 0) return [...new Set(roles)] as ServerRole[];
  throw new Fault(
    'bad_roles',
    roles.length === 0 ? '--roles is empty' : `--roles: there is no role ${wrong.join(', ')}`,
    `Name some of ${SERVER_ROLES.join(', ')}, with commas between.`,
    EXIT_CODE.badInput,
  );
}

/** Where windows are counted from: `epoch`, `now`, or a moment as 2026-01-31T08:00:00Z. */
export function windowOriginMs(text: string, nowMs: number): number {
  if (text === 'epoch') return 0;
  if (text === 'now') return nowMs;
  const momentMs = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(momentMs)) return momentMs;
  throw new Fault(
    'bad_window_origin',
    `--window-origin ${text} is no moment`,
    'Write epoch, now, or a moment such as 2026-01-31T08:00:00Z.',
    EXIT_CODE.badInput,
  );
}

/** Refuses what would lose readings by its own settings, and says what to do. */
export function insistOnKept({ cache, retention, window }: ServerSettings): void {
  if (cache === 'on' || retention.readingsMs >= 2 * window.windowMs) return;
  throw new Fault(
    'kept_too_short',
    `--keep-readings-hours: readings would be gone before their window of ${window.windowMs / 1000} s is closed`,
    'Keep them for at least two windows, or choose a shorter --window-seconds.',
    EXIT_CODE.badInput,
  );
}

/** Refuses what several instances cannot do together, and says what to do. */
export function insistOnInstances(instances: number, settings: ServerSettings): void {
  if (instances === 1) return;
  const missing = [
    ...(settings.redisUrl === undefined ? ['Redis (--redis or GAITWAY_REDIS_URL)'] : []),
    ...(settings.mongoUrl === undefined ? ['MongoDB (--mongo or GAITWAY_MONGO_URL)'] : []),
  ];
  if (missing.length > 0) {
    throw new Fault(
      'instances_need_services',
      `--instances ${instances}: the embedded stores serve one process; several instances need ${missing.join(' and ')}`,
      'Name them, or start one instance.',
      EXIT_CODE.badInput,
    );
  }
  if (settings.cache === 'off') {
    throw new Fault(
      'instances_need_cache',
      `--instances ${instances} --cache off: without the reading log each process counts its own positions, and two would give the same ones`,
      'Start one instance with --cache off, or several with the cache on.',
      EXIT_CODE.badInput,
    );
  }
  if (settings.port + instances - 1 > PORT_MAX) {
    throw new Fault(
      'bad_port',
      `--instances ${instances} takes as many ports from ${settings.port} on, and there is none above ${PORT_MAX}`,
      'Choose a lower --port.',
      EXIT_CODE.badInput,
    );
  }
}

/** The settings of one instance: its own name, and the next port (0 stays 0: any that is free). */
export function instanceSettings(settings: ServerSettings, instance: number): ServerSettings {
  const port = settings.port === 0 ? 0 : settings.port + instance;
  return { ...settings, instance: instanceName(settings, instance, port), port };
}

/**
 * Instances that share stores divide the partitions by their names, also those of several commands and machines: two of
 * one name would take each other's all the time. The name outlives a restart where the port does, so that what was not
 * given back is its own at once.
 */
function instanceName({ redisUrl, host }: ServerSettings, instance: number, port: number): string {
  const name = `server-${instance}`;
  if (redisUrl === undefined) return name;
  return `${name}@${hostname()}:${port === 0 ? `process ${process.pid}` : `${host}:${port}`}`;
}
