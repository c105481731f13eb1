import type { RenderOptions } from '@gaitway/dashboards';
import { fitted, wantsColour } from '@gaitway/dashboards/style';

/** Where nobody tells how wide it is: what terminals, logs and mails show without breaking lines. */
const COLUMNS_DEFAULT = 80;
const COLUMNS_LEAST = 20;

/** How wide and how colourful the stream that people read is. */
export function renderOptionsOf(stream: NodeJS.WriteStream): RenderOptions {
  return {
    // A terminal may say that it has no width at all; who reads from a pipe may say theirs.
    columns: stream.columns || columnsSaid(process.env.COLUMNS) || COLUMNS_DEFAULT,
    colour: wantsColour(process.env, stream.isTTY === true),
  };
}

/** None where it is no width that anything can be shown in. */
function columnsSaid(text: string | undefined): number | undefined {
  const columns = Number(text);
  return Number.isInteger(columns) && columns >= COLUMNS_LEAST ? columns : undefined;
}

/** Writes to people: lines that fit the stream. */
export function tell(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${fitted(text, renderOptionsOf(stream).columns)}\n`);
}
