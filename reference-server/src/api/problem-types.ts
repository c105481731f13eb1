/**
 * Every kind of problem that the API answers with (RFC 9457), in one table. `type` of a problem document is
 * `urn:gaitway:problem:` and the code.
 */
export const PROBLEM_TYPES = {
  bad_request: { status: 400, title: 'The request does not fit what this route takes' },
  bad_json: { status: 400, title: 'The body is not valid JSON' },
  bad_url: { status: 400, title: 'The URL cannot be read' },
  bad_cursor: { status: 400, title: 'The cursor is not one that this route gave out' },
  bad_range: { status: 400, title: 'The range of time cannot be answered' },
  token_missing: { status: 401, title: 'No token' },
  token_malformed: { status: 401, title: 'The token is not a signed JWT' },
  token_expired: { status: 401, title: 'The token has expired' },
  token_signature: { status: 401, title: 'The token was signed with another secret' },
  token_claims: { status: 401, title: 'The token lacks a claim that its role needs' },
  role_not_allowed: { status: 403, title: 'The role in the token may not do this' },
  not_found: { status: 404, title: 'There is no such thing, or it may not be seen with this token' },
  route_not_found: { status: 404, title: 'There is nothing at this address' },
  method_not_allowed: { status: 405, title: 'This address does not take this method' },
  body_too_large: { status: 413, title: 'The body is too large' },
  range_not_satisfiable: { status: 416, title: 'There are no such bytes' },
  unsupported_media_type: { status: 415, title: 'The body is not JSON' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  bad_http: { status: 400, title: 'This is not HTTP that the server can read' },
  internal: { status: 500, title: 'The server failed' },
  not_ready: { status: 503, title: 'The server cannot do its work now' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof PROBLEM_TYPES;

/** One thing that is wrong, and where in the request it is. */
export interface ProblemDetail {
  /** `query.limit`, `body.doseMg`, `header.authorization`, ... */
  at: string;
  says: string;
}

/** The document of RFC 9457, with `problems` as its extension: all that is wrong, at once. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  problems?: ProblemDetail[];
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

/** Thrown by a route to answer with a problem document. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;
  readonly problems: readonly ProblemDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    problems: readonly ProblemDetail[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.code = code;
    this.problems = problems;
    this.headers = headers;
  }

  get status(): number {
    return PROBLEM_TYPES[this.code].status;
  }

  document(): ProblemDocument {
    return {
      type: `urn:gaitway:problem:${this.code}`,
      title: PROBLEM_TYPES[this.code].title,
      status: this.status,
      detail: this.message,
      ...(this.problems.length > 0 ? { problems: [...this.problems] } : {}),
    };
  }
}
