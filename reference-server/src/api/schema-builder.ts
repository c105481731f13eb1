/** A JSON Schema as OpenAPI 3.1 takes it. */
export type Schema = Readonly<Record<string, unknown>>;

type Properties = Readonly<Record<string, Schema>>;

/** An object with these properties and no others; all are there, but those in `optional`. */
export function object(properties: Properties, optional: readonly string[] = [], more: Schema = {}): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return {
    type: 'object',
    ...more,
    ...(required.length > 0 ? { required } : {}),
    properties,
    additionalProperties: false,
  };
}

export const list = (items: Schema): Schema => ({ type: 'array', items });
