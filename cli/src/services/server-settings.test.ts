import { SERVER_SETTINGS_DEFAULT, type ServerSettings } from '@gaitway/reference-server/settings';
import { describe, expect, it } from 'vitest';
import { instanceSettings } from './server-settings.ts';

const SETTINGS: ServerSettings = {
  ...SERVER_SETTINGS_DEFAULT,
  ...{ instance: '', dataFolder: '.', tokenSecret: '', port: 9000 },
};
const SHARED: ServerSettings = { ...SETTINGS, redisUrl: 'redis://127.0.0.1' };
const nameAt = (over: Partial<ServerSettings>, instance: number) =>
  instanceSettings({ ...SHARED, ...over }, instance).instance;

describe('the name of an instance', () => {
  it('is its own among those that share stores, whichever command on this machine started them', () => {
    const names = [nameAt({}, 0), nameAt({}, 1), nameAt({ port: 9002 }, 0), nameAt({ port: 9002 }, 1)];
    expect(new Set(names).size).toBe(4);
    expect(nameAt({ host: '127.0.0.2' }, 0)).not.toBe(nameAt({ host: '127.0.0.3' }, 0));
  });

  it('is the same after a restart on the same port, and not where the port is any that is free', () => {
    expect(nameAt({}, 0)).toBe(nameAt({}, 0));
    expect(nameAt({}, 0)).not.toContain(String(process.pid));
    expect(nameAt({ port: 0 }, 0)).toContain(String(process.pid));
  });

  it('is short where nothing is shared', () => {
    expect(instanceSettings(SETTINGS, 0)).toMatchObject({ instance: 'server-0', port: 9000 });
  });
});
