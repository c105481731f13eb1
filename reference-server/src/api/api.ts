import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { authorise, authorOf } from './access.ts';
import type { ApiDeps } from './deps.ts';
import { describeRoutes } from './open-api.ts';
import { answerBadHttp, BODY_BYTES_MAX, problemAnswers } from './problem-answers.ts';
import { Problem } from './problem-types.ts';
import { RequestAllowances } from './request-allowance.ts';
import { OPERATIONS, RESOURCES } from './resources.ts';
import { SCHEMAS } from './schemas.ts';
import { validatorCompiler } from './validation.ts';

const PATH_PART_CHARACTERS_MAX = 512;

/** Answers of an API are data: nothing of them is to be run, framed, guessed at or kept. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

interface KnownRoute {
  methods: readonly string[];
  matches: RegExp;
}

function knownRoute({ method, url }: RouteOptions): KnownRoute {
  const pattern = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[^/]+/g, '[^/]+');
  return { methods: [method].flat(), matches: new RegExp(`^${pattern}$`) };
}

/** What is wrong with a request that no route takes. */
function noRoute(method: string, url: string, routes: readonly KnownRoute[]): Problem {
  const path = url.split('?', 1)[0]!;
  const methods = routes.filter(({ matches }) => matches.test(path)).flatMap((route) => route.methods);
  if (methods.length === 0) {
    return new Problem(
      'route_not_found',
      `There is nothing at ${path}; /v1/openapi.json lists what there is.`,
    );
  }
  const allow = [...new Set(methods)].sort().join(', ');
  return new Problem('method_not_allowed', `${path} takes ${allow}, not ${method}.`, [], { allow });
}

/** What is wrong with a request of somebody who has asked too often. */
function tooOften(waitMs: number): Problem {
  const waitSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new Problem(
    'rate_limited',
    `Too many requests: ask again in ${waitSeconds} s, and less often.`,
    [],
    { 'retry-after': String(waitSeconds) },
  );
}

/**
 * The HTTP API. It does not listen yet: call `listen`, or attach to its `server`; `close` lets requests
 * that are under way finish.
 */
export function buildApi(deps: ApiDeps): FastifyInstance {
  const routes: KnownRoute[] = [];
  const app = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    routerOptions: { maxParamLength: PATH_PART_CHARACTERS_MAX },
    clientErrorHandler: answerBadHttp,
    frameworkErrors: (error, request, reply) => {
      void problemAnswers(deps)(error, request, reply);
    },
  });
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler(problemAnswers(deps));
  app.setValidatorCompiler(validatorCompiler());
  // Answers are written as they are: a serialiser made from a schema would leave out what the schema forgot,
  // and the tests, which hold every answer to its schema, could not see it.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  for (const [name, schema] of Object.entries(SCHEMAS)) app.addSchema({ $id: name, ...schema });

  app.decorateRequest('claims', null);
  const allowances = new RequestAllowances(deps.allowance, deps.clock);
  const limited = deps.meter.counter('httpRateLimited');
  const statusCounters = (['2xx', '3xx', '4xx', '5xx'] as const).map((status) =>
    deps.meter.counter('httpRequests', { status }),
  );
  const duration = deps.meter.histogram('httpDuration');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    if (request.is404) throw noRoute(request.method, request.url, routes);
  });
  app.addHook('onResponse', async (_, reply) => {
    statusCounters[Math.floor(reply.statusCode / 100) - 2]?.add();
    duration.record(reply.elapsedTime / 1000);
  });

  app.addHook('onRoute', (route) => {
    routes.push(knownRoute(route));
  });
  void app.register(async (api) => {
    api.addHook('onRoute', (route) => {
      const access = route.config?.access;
      if (access === undefined) throw new Error(`${route.url} does not say who may use it`);
      if (access !== 'open') route.schema = { ...route.schema, security: [{ token: [] }] };
    });
    api.addHook('onRequest', async (request) => {
      const access = request.routeOptions.config.access;
      if (access === undefined || access === 'open') return;
      const { authorization } = request.headers;
      const claims = authorise(authorization, access, deps.tokenSecret, deps.clock.epochMs());
      // By who asks, not by token: a fresh token is no fresh allowance.
      const waitMs = allowances.take(`${claims.role} ${authorOf(claims)}`);
      if (waitMs !== undefined) {
        limited.add();
        throw tooOften(waitMs);
      }
      request.claims = claims;
    });
    await describeRoutes(api);
    for (const resource of deps.serves === 'operations' ? OPERATIONS : RESOURCES) resource(api, deps);
  });
  return app;
}
