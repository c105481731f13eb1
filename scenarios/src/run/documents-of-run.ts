import type { WindowDocument } from '@gaitway/contract';

/**
 * Leaves out documents that hold readings of other boots only: on a server that lives longer than a run they
 * are what an earlier run left. What holds readings of both stays, and the audit says what it makes of it.
 */
export async function* documentsOfRun(
  pages: AsyncIterable<WindowDocument[]>,
  boot: number,
): AsyncIterable<WindowDocument[]> {
  for await (const page of pages) {
    yield page.filter(
      ({ identities }) =>
        !Array.isArray(identities) ||
        identities.length === 0 ||
        identities.some((range) => range.boot === boot),
    );
  }
}
