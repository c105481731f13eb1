import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { Archive } from '../archive/archive.ts';
import type { ApiDeps } from './deps.ts';
import { MOMENT_MS_MAX, type RangeQuery, readRange } from './moment.ts';
import { answers, moment, object, plain } from './schemas.ts';

export const NDJSON_MEDIA_TYPE = 'application/x-ndjson';
const PAGE_WINDOWS = 200;

/** One window a line. A page is read only when the one before has left: a slow reader slows the archive, not fills memory. */
async function* linesOf(archive: Archive, fromMs: number, toMs: number): AsyncGenerator<string> {
  for await (const page of archive.scanWindows(fromMs, toMs, PAGE_WINDOWS)) {
    yield page.map((document) => `${JSON.stringify(document)}\n`).join('');
  }
}

export function exports(api: FastifyInstance, { archive }: ApiDeps): void {
  api.get<{ Querystring: RangeQuery }>('/v1/export/windows', {
    config: { access: ['operator'] },
    schema: {
      operationId: 'exportWindows',
      summary: 'Every window that starts in [from, to), by patient and start: one JSON document a line.',
      description:
        'Without both: all there are. When the archive fails on the way the connection is cut, so that half an export never looks like a whole one.',
      tags: ['server'],
      querystring: object({ from: moment, to: moment }, ['from', 'to']),
      response: answers(
        { 200: plain('`Window` documents, one a line.', NDJSON_MEDIA_TYPE) },
        [400, 401, 403],
      ),
    },
    handler: async (request, reply) => {
      const range = readRange(request.query, {
        toMs: MOMENT_MS_MAX,
        defaultMs: Number.POSITIVE_INFINITY,
        mostMs: Number.POSITIVE_INFINITY,
      });
      const lines = linesOf(archive, range.fromMs, range.toMs);
      // The first page is asked for here, so that an archive that is away is answered with a problem.
      const first = await lines.next();
      async function* all(): AsyncGenerator<string> {
        if (first.done) return;
        yield first.value;
        yield* lines;
      }
      return reply
        .type(NDJSON_MEDIA_TYPE)
        .send(Readable.from(all(), { objectMode: false, highWaterMark: 1 }));
    },
  });
}
