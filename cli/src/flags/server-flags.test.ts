import { SERVER_SETTINGS_DEFAULT, type ServerSettings } from '@gaitway/reference-server/settings';
import { expect, it } from 'vitest';
import { NUMBER_FLAG_NAMES, SERVER_NUMBER_FLAGS, withNumberFlags } from './server-flags.ts';

const settings: ServerSettings = {
  ...SERVER_SETTINGS_DEFAULT,
  ...{ instance: 'server-0', dataFolder: '.', tokenSecret: '' },
};
type Numbers = Parameters<typeof withNumberFlags>[1];
const flagsWith = (change: (usual: number) => number): Numbers =>
  Object.fromEntries(
    NUMBER_FLAG_NAMES.map((name) => [name, change(SERVER_NUMBER_FLAGS[name].default as number)]),
  ) as Numbers;

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
  expect(
    withNumberFlags(
      settings,
      flagsWith((usual) => usual),
    ),
  ).toEqual(settings);
});

it('every number of a server can be set: by these flags, or by those of the command', () => {
  const before = numbersOf(settings);
  const after = numbersOf(
    withNumberFlags(
      settings,
      flagsWith((usual) => usual + 1),
    ),
  );
  const unchanged = Object.keys(before).filter((path) => after[path] === before[path]);
  expect(unchanged.sort()).toEqual([
    'port',
    'window.windowMs',
    'window.windowOriginMs',
    'window.windowPhaseSpreadMs',
  ]);
});
