import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { Problem } from './problem-types.ts';
import { answers, object, plain, type Schema } from './schemas.ts';

const IMAGE_MEDIA_TYPE = 'application/octet-stream';
const hash: Schema = {
  type: 'string',
  pattern: '^[0-9a-f]{8}$',
  description:
    "As in the offer: the first four bytes of the image's SHA-256, with 0 where the image holds them.",
};

/** The bytes that a `Range` asks for (RFC 9110, 14.1.2: one range of bytes). Throws the problem with it. */
function rangeOf(header: string, length: number): { from: number; to: number } {
  const [, first, last] = /^bytes=(\d{0,10})-(\d{0,10})$/.exec(header) ?? [];
  if (first === undefined || last === undefined || first + last === '') {
    const says = `${JSON.stringify(header.slice(0, 64))} is not one range of bytes; ask for bytes=0-4095`;
    throw new Problem('bad_request', says, [{ at: 'header.range', says }]);
  }
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (from > to)
    throw new Problem(
      'range_not_satisfiable',
      `The image has ${length} bytes, from 0 to ${length - 1}.`,
      [],
      {
        'content-range': `bytes */${length}`,
      },
    );
  return { from, to };
}

/** What wearables are offered. Their modems know no other server than the one that they send to. */
export function images(api: FastifyInstance, { imageOf }: ApiDeps): void {
  api.get<{ Params: { hash: string } }>('/v1/images/:hash', {
    config: { access: ['device', 'operator'] },
    schema: {
      operationId: 'getImage',
      summary: "The image of the update wave, or a piece of it: the bytes of the wearable's flash.",
      description:
        'One range of bytes may be asked for, so that a modem gets the image in pieces and goes on where it was cut off. An image never changes under its hash.',
      tags: ['server'],
      params: object({ hash }),
      headers: {
        type: 'object',
        properties: { range: { type: 'string', maxLength: 64, description: 'As bytes=0-4095.' } },
      },
      response: answers(
        {
          200: plain('All of it.', IMAGE_MEDIA_TYPE),
          206: plain('The piece that was asked for; `Content-Range` says which.', IMAGE_MEDIA_TYPE),
        },
        [400, 401, 403, 404, 416],
      ),
    },
    handler: async (request, reply) => {
      const name = request.params.hash;
      const image = await imageOf(Number.parseInt(name, 16));
      if (image === undefined) {
        throw new Problem(
          'not_found',
          `There is no image ${name}: the update wave is to another one, or was begun without its image.`,
        );
      }
      const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
      void reply.type(IMAGE_MEDIA_TYPE).headers({ 'accept-ranges': 'bytes', etag: `"${name}"` });
      const { range } = request.headers;
      if (range === undefined) return reply.send(bytes);
      const { from, to } = rangeOf(range, bytes.length);
      return reply
        .code(206)
        .header('content-range', `bytes ${from}-${to}/${bytes.length}`)
        .send(bytes.subarray(from, to + 1));
    },
  });
}
