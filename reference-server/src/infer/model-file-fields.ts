/**
 * Looks at a value of unknown shape, field by field, and notes what is wrong under the path of the field. What is asked of
 * a field that is wrong already is answered with nothing, so that one fault is told of once.
 */
export class FieldReader {
  readonly value: unknown;
  readonly path: string;
  readonly problems: string[];

  private constructor(value: unknown, path: string, problems: string[]) {
    this.value = value;
    this.path = path;
    this.problems = problems;
  }

  static of(value: unknown): FieldReader {
    return new FieldReader(value, '', []);
  }

  wrong(says: string): void {
    this.problems.push(`${this.path === '' ? 'the file' : `field '${this.path}'`} ${says}`);
  }

  has(name: string): boolean {
    return isObject(this.value) && Object.hasOwn(this.value, name);
  }

  field(name: string): FieldReader {
    const path = this.path === '' ? name : `${this.path}.${name}`;
    if (this.has(name))
      return new FieldReader((this.value as Record<string, unknown>)[name], path, this.problems);
    if (this.value !== MISSING) new FieldReader(MISSING, path, this.problems).wrong('is missing');
    return new FieldReader(MISSING, path, this.problems);
  }

  onlyFields(names: readonly string[]): void {
    for (const [name, field] of this.entries()) if (!names.includes(name)) field.wrong('is not known');
  }

  entries(): [name: string, field: FieldReader][] {
    if (this.value === MISSING) return [];
    if (!isObject(this.value)) {
      this.expected('an object');
      return [];
    }
    return Object.keys(this.value).map((name) => [name, this.field(name)]);
  }

  items(least: number): FieldReader[] {
    if (this.value === MISSING) return [];
    if (!Array.isArray(this.value) || this.value.length < least) {
      this.expected(`a list of at least ${least}`);
      return [];
    }
    return this.value.map((item, i) => new FieldReader(item, `${this.path}[${i}]`, this.problems));
  }

  number(least = -1e6, most = 1e6): number | undefined {
    const { value } = this;
    if (typeof value === 'number' && value >= least && value <= most) return value;
    this.expected(`a number from ${least} to ${most}`);
    return undefined;
  }

  integer(least: number, most: number): void {
    if (!Number.isInteger(this.value) || (this.value as number) < least || (this.value as number) > most)
      this.expected(`a whole number from ${least} to ${most}`);
  }

  text(): void {
    if (typeof this.value !== 'string' || this.value === '') this.expected('a text');
  }

  matches(pattern: RegExp, says: string): void {
    if (typeof this.value !== 'string' || !pattern.test(this.value)) this.expected(says);
  }

  oneOf<Value>(values: readonly Value[]): Value | undefined {
    if ((values as readonly unknown[]).includes(this.value)) return this.value as Value;
    this.expected(`one of ${values.join(', ')}`);
    return undefined;
  }

  private expected(what: string): void {
    if (this.value !== MISSING) this.wrong(`must be ${what}, not ${shown(this.value)}`);
  }
}

const MISSING = Symbol('missing');

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  // JSON has no word for what is too large for a number, as 1e999 is.
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    return `${value} (more than a number can hold, such as 1e999)`;
  return shortened(JSON.stringify(value) ?? String(value));
}

/** What a file holds is shown by its beginning. */
export function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
