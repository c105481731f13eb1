/**
 * A schema and its TypeScript type from one definition, so that they cannot differ. Only what a run record
 * needs of JSON Schema (draft 2020-12).
 */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** A schema that knows its type; `Infer` reads it back. The type exists for the compiler only. */
export interface Schema<T> {
  readonly json: JsonSchema;
  readonly optional?: boolean;
  readonly inferred?: T;
}
export type Infer<S> = S extends Schema<infer T> ? T : never;

/** A key that may be left out. */
export interface OptionalSchema<T> extends Schema<T> {
  readonly optional: true;
}

type Fields = Record<string, Schema<unknown>>;
type OptionalKey<F extends Fields> = {
  [K in keyof F]: F[K] extends OptionalSchema<unknown> ? K : never;
}[keyof F];
type Flat<T> = { [K in keyof T]: T[K] };
export type ObjectOf<F extends Fields> = Flat<
  { [K in Exclude<keyof F, OptionalKey<F>>]: Infer<F[K]> } & { [K in OptionalKey<F>]?: Infer<F[K]> }
>;

/** An object with exactly these keys. */
export function object<F extends Fields>(says: string, fields: F): Schema<ObjectOf<F>> {
  const entries = Object.entries(fields);
  return {
    json: {
      type: 'object',
      description: says,
      properties: Object.fromEntries(entries.map(([key, field]) => [key, field.json])),
      required: entries.filter(([, field]) => field.optional !== true).map(([key]) => key),
      additionalProperties: false,
    },
  };
}

/** An object whose keys are not known beforehand. */
export function map<T>(says: string, value: Schema<T>): Schema<Record<string, T>> {
  return { json: { type: 'object', description: says, additionalProperties: value.json } };
}

export function list<T>(says: string, item: Schema<T>): Schema<T[]> {
  return { json: { type: 'array', description: says, items: item.json } };
}

export function text(says: string): Schema<string> {
  return { json: { type: 'string', description: says } };
}

export function number(says: string): Schema<number> {
  return { json: { type: 'number', description: says } };
}

/** A whole number of at least 0. */
export function whole(says: string): Schema<number> {
  return { json: { type: 'integer', minimum: 0, description: says } };
}

export function flag(says: string): Schema<boolean> {
  return { json: { type: 'boolean', description: says } };
}

export function exactly<const V extends string | number | boolean>(says: string, value: V): Schema<V> {
  return { json: { const: value, description: says } };
}

export function oneOf<const V extends string>(says: string, values: readonly V[]): Schema<V> {
  return { json: { enum: [...values], description: says } };
}

/** The value, or `null` where it is not known. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const { description, ...rest } = schema.json;
  return { json: { description, anyOf: [rest, { type: 'null' }] } };
}

export function optional<T>(schema: Schema<T>): OptionalSchema<T> {
  return { json: schema.json, optional: true };
}
