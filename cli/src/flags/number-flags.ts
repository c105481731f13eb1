import { Flags } from '@oclif/core';

/** A setting that is a whole number: its flag, what it says, and how many of the setting's unit one of the flag's is. */
export interface NumberFlag<Settings> {
  says: string;
  per: number;
  min: number;
  max: number;
  get(settings: Settings): number;
  set(settings: Settings, value: number): void;
}

/** Keys of the settings that are numbers. */
export type NumberKey<Settings> = {
  [Key in keyof Settings]-?: Settings[Key] extends number ? Key : never;
}[keyof Settings];

export type NumberLimits = Partial<Pick<NumberFlag<never>, 'per' | 'min' | 'max'>>;

/** A setting that is a number of its own. */
export function numberOf<Settings>(
  setting: NumberKey<Settings>,
  says: string,
  { per = 1, min = 1, max = 1_000_000_000 }: NumberLimits = {},
): NumberFlag<Settings> {
  return {
    ...{ says, per, min, max },
    get: (settings) => settings[setting] as number,
    set: (settings, value) => {
      Object.assign(settings as object, { [setting]: value });
    },
  };
}

function integerFlag<Settings>(
  { says, per, min, max, get }: NumberFlag<Settings>,
  defaults: Settings,
  helpGroup: string,
) {
  const usual = get(defaults) / per;
  return Flags.integer({
    // oclif shows no default that is 0.
    description: usual === 0 ? `${says}  [default: 0]` : says,
    default: usual,
    helpValue: 'N',
    ...{ helpGroup, min, max },
  });
}

/** The flags of a table of settings, by the table's names, with the defaults of the settings themselves. */
export function numberFlags<Settings, Name extends string>(
  table: Readonly<Record<Name, NumberFlag<Settings>>>,
  defaults: Settings,
  helpGroup: string,
): Record<Name, ReturnType<typeof integerFlag>> {
  const flags = (Object.keys(table) as Name[]).map(
    (name) => [name, integerFlag(table[name], defaults, helpGroup)] as const,
  );
  return Object.fromEntries(flags) as Record<Name, ReturnType<typeof integerFlag>>;
}

/** The settings with what these flags say. */
export function withNumbers<Settings extends object, Name extends string>(
  table: Readonly<Record<Name, NumberFlag<Settings>>>,
  settings: Settings,
  flags: Readonly<Record<Name, number>>,
): Settings {
  const changed = { ...settings };
  for (const name of Object.keys(table) as Name[]) table[name].set(changed, flags[name] * table[name].per);
  return changed;
}
