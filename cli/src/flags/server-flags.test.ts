import { SERVER_SETTINGS_DEFAULT, type ServerSettings } from '@gaitway/reference-server/settings';
import { expect, it } from 'vitest';
import { INSIGHT_FLAGS, insightSettings } from './insight-flags.ts';
import { SERVER_NUMBER_FLAGS, withNumberFlags } from './server-flags.ts';

const settings: ServerSettings = {
  ...SERVER_SETTINGS_DEFAULT,
  ...{ instance: 'server-0', dataFolder: '.', tokenSecret: '' },
};
type Numbers = Parameters<typeof withNumberFlags>[1] & Parameters<typeof insightSettings>[0];
const FLAGS: Record<string, { default?: unknown }> = { ...SERVER_NUMBER_FLAGS, ...INSIGHT_FLAGS };
const flagsWith = (change: (usual: number) => number) =>
  Object.fromEntries(
    Object.entries(FLAGS).flatMap(([name, flag]) =>
      typeof flag.default === 'number' ? [[name, change(flag.default)]] : [],
    ),
  ) as unknown as Numbers;
const setBy = (flags: Numbers): ServerSettings => ({
  ...withNumberFlags(settings, flags),
  insights: insightSettings(flags, {}),
});

/** Numbers of the settings by path, as `retention.windowsMs`. */
function numbersOf(value: object, before = ''): Record<string, number> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => {
      if (typeof part === 'number') return [[before + key, part]];
      if (typeof part !== 'object' || Array.isArray(part)) return [];
      return Object.entries(numbersOf(part as object, `${before}${key}.`));
    }),
  );
}

it('without a flag a server is set as it sets itself', () => {
  expect(setBy(flagsWith((usual) => usual))).toEqual(settings);
});

it('every number of a server can be set: by these flags, or by those of the command', () => {
  const before = numbersOf(settings);
  const after = numbersOf(setBy(flagsWith((usual) => usual + 1)));
  const unchanged = Object.keys(before).filter((path) => after[path] === before[path]);
  expect(unchanged.sort()).toEqual([
    'port',
    'window.windowMs',
    'window.windowOriginMs',
    'window.windowPhaseSpreadMs',
  ]);
});
