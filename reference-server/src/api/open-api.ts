import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { PROBLEM_TYPES } from './problem-types.ts';
import { answers, json } from './schemas.ts';

/** Version of the API, not of the server: it changes when a client would have to. */
export const API_VERSION = '1.0.0';

/**
 * Collects the routes that are registered after it into an OpenAPI document. The document follows from the
 * routes alone (no host, no time), so that it is the same on every machine.
 */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Gaitway reference server',
        version: API_VERSION,
        description:
          `Every patient is synthetic. Errors are problem documents (RFC 9457) of type \`urn:gaitway:problem:\` and one of: ` +
          `${Object.keys(PROBLEM_TYPES).join(', ')}.`,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    },
    refResolver: {
      buildLocalReference: (schema, _baseUri, _fragment, index) => String(schema.$id ?? `schema-${index}`),
    },
  });
}

export function openApi(api: FastifyInstance): void {
  api.get('/v1/openapi.json', {
    config: { access: 'open' },
    schema: {
      operationId: 'getOpenApi',
      summary: 'This document.',
      tags: ['server'],
      response: answers({ 200: json('OpenAPI 3.1.', { type: 'object', additionalProperties: true }) }),
    },
    handler: async () => api.swagger(),
  });
}
