import { type Claims, HANDSHAKE_FAULTS, type PatientProfile, type Role } from '@gaitway/contract';
import type { FastifyRequest } from 'fastify';
import type { Archive, Scope } from '../archive/archive.ts';
import { mayWatch, verifyToken } from '../tokens/tokens.ts';
import { Problem, type ProblemCode } from './problem-types.ts';

/** `open`: nobody has to say who they are. Every route says one or the other, or the server does not start. */
export type Access = 'open' | readonly Role[];

/** People who look at patients. Devices send, and read nothing. */
export const VIEWERS = ['patient', 'caregiver', 'doctor'] as const;
export const READERS = [...VIEWERS, 'operator'] as const;
export const EVERYONE = ['device', ...READERS] as const;

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    claims: Claims | null;
  }
}

const BEARER = /^Bearer +([^ ]+) *$/i;

/** The claims of the request's bearer token (RFC 6750). Throws a problem when they are not enough. */
export function authorise(
  authorization: string | undefined,
  roles: readonly Role[],
  tokenSecret: string,
  nowMs: number,
): Claims {
  const token = authorization === undefined ? undefined : (BEARER.exec(authorization)?.[1] ?? '-');
  const claims = verifyToken(token, tokenSecret, nowMs);
  if (typeof claims === 'string') {
    const missing = claims === 'token_missing';
    const detail = missing ? "send 'Authorization: Bearer <token>'" : HANDSHAKE_FAULTS[claims];
    throw new Problem(claims as ProblemCode, detail, [{ at: 'header.authorization', says: detail }], {
      'www-authenticate': missing ? 'Bearer' : 'Bearer error="invalid_token"',
    });
  }
  if (!roles.includes(claims.role)) {
    throw new Problem(
      'role_not_allowed',
      `The role '${claims.role}' may not do this; it is for ${roles.join(', ')}.`,
      [{ at: 'header.authorization', says: `use a token of one of these roles: ${roles.join(', ')}` }],
      { 'www-authenticate': 'Bearer error="insufficient_scope"' },
    );
  }
  return claims;
}

/** The claims of a request on a route that is not open. */
export function claimsOf(request: FastifyRequest): Claims {
  if (request.claims === null) throw new Error(`${request.url} is open: nobody said who they are`);
  return request.claims;
}

/** Which patients these claims reach, in the archive's words. */
export function scopeOf(claims: Claims): Scope {
  if (claims.role === 'operator') return {};
  if (claims.role === 'device') return { patients: [], wards: [] };
  return { patients: claims.patients, wards: claims.wards };
}

/** How a person or machine is named in what they write. */
export function authorOf(claims: Claims): string {
  if (claims.role === 'operator') return claims.operator;
  return claims.role === 'device' ? `device ${claims.device}` : claims.viewer;
}

/**
 * The patient, if these claims reach them. A patient who is there but out of reach is answered like one who
 * is not there (404, never 403): that somebody is a patient here is itself not everybody's to know, and ids
 * could be tried one after the other.
 */
export async function patientInReach(
  archive: Archive,
  claims: Claims,
  patient: string,
): Promise<PatientProfile> {
  const profile = await archive.patient(patient);
  if (profile === null || !mayWatch(claims, { patient }, profile.ward)) {
    throw new Problem('not_found', `There is no patient '${patient}' that this token may see.`);
  }
  return profile;
}
