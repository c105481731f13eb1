import { stripVTControlCharacters, styleText } from 'node:util';

/** How a text is set off. Without colour every one of them leaves the text as it is: words must carry the meaning. */
export interface Style {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  doubtful(text: string): string;
  accent(text: string): string;
}

const plain = (text: string): string => text;
const PLAIN: Style = { strong: plain, faint: plain, good: plain, bad: plain, doubtful: plain, accent: plain };
const paint =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    // Whether to colour is decided by the caller, for the stream that the text goes to.
    styleText(format, text, { validateStream: false });
const COLOURED: Style = {
  strong: paint('bold'),
  faint: paint('dim'),
  good: paint('green'),
  bad: paint(['bold', 'red']),
  doubtful: paint('yellow'),
  accent: paint('cyan'),
};

export function styleOf(colour: boolean): Style {
  return colour ? COLOURED : PLAIN;
}

/** Whether to colour: never with NO_COLOR (https://no-color.org), always with FORCE_COLOR, else on a terminal. */
export function wantsColour(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0';
  return isTerminal && environment.TERM !== 'dumb';
}

/** Columns that a text takes: all that is written here is one column wide. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}

/** Filled with spaces to `columns`; a longer text stays. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** Cut to `columns`, with an ellipsis; a cut text loses its colours. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return `${[...stripVTControlCharacters(text)].slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/** A text in lines of whole words; a word that is longer than a line stays whole. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** The same for a cell of a table, where nothing may stand out: a longer word is broken, and loses its colours. */
export function broken(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) =>
    wrapped(line, columns).flatMap((part) => {
      if (widthOf(part) <= columns) return [part];
      const letters = [...stripVTControlCharacters(part)];
      return Array.from({ length: Math.ceil(letters.length / columns) }, (_, at) =>
        letters.slice(at * columns, (at + 1) * columns).join(''),
      );
    }),
  );
}

/** A command on a line of its own: it is there to be copied, and stays in one piece. */
const COMMAND_LINE = /^\s+(?:(?:npx )?gaitway|redis-cli) /;

/**
 * What is said to people, in lines no wider than `columns`; a line that is cut goes on below its own text: under
 * its indent, its bullet, or the label that two spaces set off. A word that is longer than that stays whole.
 */
export function fitted(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (widthOf(line) <= columns || COMMAND_LINE.test(line)) return [line];
      const label = /^(?:\S+ {2,}|\s*(?:- )?)/.exec(line)![0];
      const [first = '', ...more] = wrapped(line.slice(label.length), columns - widthOf(label));
      return [label + first, ...more.map((part) => ' '.repeat(widthOf(label)) + part)];
    })
    .join('\n');
}

/** A text from elsewhere with its control characters shown as `�`: it must not steer the terminal. */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd');
}
