import type { Clock } from '@gaitway/contract';
import type { ServerLog } from '@gaitway/reference-server';

export type LogFormat = 'plain' | 'json';

/** Log lines to `write`: for people, or one JSON object a line for a collector. */
export function serverLog(format: LogFormat, clock: Clock, write: (line: string) => void): ServerLog {
  const line = (level: 'info' | 'warn') => (says: string) => {
    const time = new Date(clock.epochMs()).toISOString();
    if (format === 'json') write(JSON.stringify({ time, level, message: says }));
    else write(`${time.slice(11, 19)} ${level === 'warn' ? 'warning: ' : ''}${says}`);
  };
  return { info: line('info'), warn: line('warn') };
}
