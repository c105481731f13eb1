import { type RenderOptions, wantsColour } from '@gaitway/dashboards';

const COLUMNS_DEFAULT = 100;

/** How wide and how colourful the stream that people read is. */
export function renderOptionsOf(stream: NodeJS.WriteStream): RenderOptions {
  return {
    columns: stream.columns ?? COLUMNS_DEFAULT,
    colour: wantsColour(process.env, stream.isTTY === true),
  };
}
