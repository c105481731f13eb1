import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { PROBLEM_MEDIA_TYPE, Problem, type ProblemCode } from './problem-types.ts';
import { findUnready } from './readiness.ts';
import { validationProblem } from './validation.ts';

/** Largest body that is read, in bytes. No request of this API needs a tenth of it. */
export const BODY_BYTES_MAX = 64 * 1024;

/** Fastify's own errors, by its code, in our words. */
const OF_FASTIFY: Readonly<Record<string, [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', `A body has at most ${BODY_BYTES_MAX} bytes.`],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    "Send JSON, with 'Content-Type: application/json'.",
  ],
  FST_ERR_CTP_EMPTY_JSON_BODY: [
    'bad_json',
    "The body is empty: leave 'Content-Type' out where there is no body.",
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['bad_http', "The body is not as long as 'Content-Length' says."],
  FST_ERR_BAD_URL: ['bad_url', 'The path has a % that no two hexadecimal digits follow.'],
  FST_ERR_MAX_PARAM_LENGTH: ['bad_url', 'A part of the path is too long.'],
};

function problemOf(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  if (error.validation) return validationProblem(error.validation, error.validationContext ?? 'body');
  const known = OF_FASTIFY[error.code];
  if (known) return new Problem(...known);
  if (error instanceof SyntaxError && error.statusCode === 400) {
    return new Problem('bad_json', `The body cannot be read as JSON: ${error.message}`);
  }
  if (error.code === 'FST_ERR_CTP_INVALID_JSON_BODY') {
    return new Problem('bad_json', `The body cannot be read as JSON: ${error.message}`);
  }
  // What exactly failed may name hosts and files: that is for the log, not for whoever asked.
  return new Problem('internal', 'The server failed at this request; its log says why. Try again later.');
}

/** Answers every error with a problem document, and tells the server of those that are its own. */
export function problemAnswers(deps: Pick<ApiDeps, 'failed' | 'readiness' | 'clock'>) {
  return async (
    error: FastifyError | Problem,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    let problem = problemOf(error);
    if (problem.code === 'internal') {
      deps.failed?.(error, { method: request.method, url: request.url });
      problem = (await awayProblem(deps)) ?? problem;
    }
    return reply
      .code(problem.status)
      .headers(problem.headers)
      .type(PROBLEM_MEDIA_TYPE)
      .send(problem.document());
  };
}

/** A request that failed while a store does not answer failed because of it, and may succeed a little later. */
async function awayProblem(deps: Pick<ApiDeps, 'readiness' | 'clock'>): Promise<Problem | undefined> {
  const unready = await findUnready(deps);
  if (unready.length === 0) return undefined;
  const names = unready.map(({ at }) => at).join(', ');
  return new Problem('not_ready', `The server cannot answer now: ${names}. Ask again later.`, [], {
    'retry-after': '1',
  });
}

/** Answers what is not even HTTP, on the bare socket. */
export function answerBadHttp(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new Problem('headers_too_large', 'The headers are longer than the server reads.')
      : new Problem('bad_http', 'The request cannot be read as HTTP/1.1.');
  const body = JSON.stringify(problem.document());
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.code}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
