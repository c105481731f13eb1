/**
 * A part as a process sees it that may be dying: `around` holds, by name, what is done instead of some of its methods;
 * all others are the part's own.
 */
export function standIn<Part extends object>(part: Part, around: Partial<Part>): Part {
  return new Proxy(part, {
    get: (target, name) => {
      const own: unknown = Reflect.get(around, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** What a process that died waits for: nothing that it called ever returns. */
export const NEVER = new Promise<never>(() => {});
