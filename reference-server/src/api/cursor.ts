import { Problem } from './problem-types.ts';

export const CURSOR_CHARACTERS_MAX = 1024;

/**
 * A cursor says where the next page begins. It is text that only the route which gave it out can read; it
 * carries no right to see anything: who asks is checked again for each page.
 */
export function writeCursor(kind: string, position: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify([kind, ...position])).toString('base64url');
}

export type CursorField = 'text' | 'number';
type FieldValue<Field> = Field extends 'number' ? number : string;
export type CursorPosition<Fields extends readonly CursorField[]> = {
  [Index in keyof Fields]: FieldValue<Fields[Index]>;
};

function fits(value: unknown, field: CursorField): boolean {
  return field === 'number' ? Number.isSafeInteger(value) : typeof value === 'string';
}

/** Reads a cursor that `writeCursor` made for the same kind; throws a problem when it is anything else. */
export function readCursor<const Fields extends readonly CursorField[]>(
  cursor: string,
  kind: string,
  fields: Fields,
): CursorPosition<Fields> {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    parts = null;
  }
  const [found, ...position] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (
    found !== kind ||
    position.length !== fields.length ||
    !fields.every((field, i) => fits(position[i], field))
  ) {
    throw new Problem('bad_cursor', `This is no cursor of '${kind}'.`, [
      {
        at: 'query.cursor',
        says: `take 'nextCursor' of the page before as it is, or leave the cursor out to begin again`,
      },
    ]);
  }
  return position as CursorPosition<Fields>;
}
