import type { Claims, HandshakeFault, WatchTarget } from '@gaitway/contract';
import { openToken, signToken } from './jwt-hs256.ts';

const NAME_CHARACTERS_MAX = 128;
const DEVICE_MAX = 0xffffffff;

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= NAME_CHARACTERS_MAX;
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isName);
}

function isDevice(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= DEVICE_MAX;
}

/** What the claims say, without anything that a role does not have; `null` when one that it needs is missing. */
function claimsOf(payload: Record<string, unknown>): Claims | null {
  const { role, device, patient, ward, viewer, patients, wards, operator } = payload;
  switch (role) {
    case 'device':
      return isDevice(device) && isName(patient) && isName(ward) ? { role, device, patient, ward } : null;
    case 'patient':
    case 'caregiver':
    case 'doctor':
      return isName(viewer) && isNames(patients) && isNames(wards) ? { role, viewer, patients, wards } : null;
    case 'operator':
      return isName(operator) ? { role, operator } : null;
    default:
      return null;
  }
}

/**
 * Makes a token that is good from `issuedAtMs` for `ttlSeconds`.
 * Throws a RangeError when the time to live is not above zero: such a token could never be used.
 */
export function mintToken(claims: Claims, secret: string, ttlSeconds: number, issuedAtMs: number): string {
  if (!(ttlSeconds > 0)) throw new RangeError(`a token must live longer than ${ttlSeconds} s`);
  return signToken({ ...claims, exp: Math.floor(issuedAtMs / 1000) + Math.ceil(ttlSeconds) }, secret);
}

/** What a good token says, and until when it is good (ms since the Unix epoch, not included). */
export interface GoodToken {
  claims: Claims;
  expiresAtMs: number;
}

/** The claims of a token, or why it is refused: {@link openGoodToken} for what ends with the request. */
export function verifyToken(token: unknown, secret: string, nowMs: number): Claims | HandshakeFault {
  const good = openGoodToken(token, secret, nowMs);
  return typeof good === 'string' ? good : good.claims;
}

/**
 * What a token says, or why it is refused. Synchronous, and never throws: `token` may be anything that
 * came with a handshake. A token without an expiry is refused: it could never be taken back.
 */
export function openGoodToken(token: unknown, secret: string, nowMs: number): GoodToken | HandshakeFault {
  if (token === undefined || token === null || token === '') return 'token_missing';
  if (typeof token !== 'string') return 'token_malformed';
  const payload = openToken(token, secret);
  if (typeof payload === 'string') return payload;

  const nowSeconds = nowMs / 1000;
  const { exp, nbf } = payload;
  if (typeof exp !== 'number') return 'token_claims';
  if (exp <= nowSeconds) return 'token_expired';
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= nowSeconds)) return 'token_claims';
  const claims = claimsOf(payload);
  return claims === null ? 'token_claims' : { claims, expiresAtMs: exp * 1000 };
}

/**
 * Whether these claims allow to see a patient or a whole ward. `patientWard` is the ward that the patient is
 * in, `undefined` when it is not known; it is not used when the target is a ward. Devices see nobody.
 */
export function mayWatch(claims: Claims, target: WatchTarget, patientWard: string | undefined): boolean {
  if (claims.role === 'operator') return true;
  if (claims.role === 'device') return false;
  if ('ward' in target) return claims.wards.includes(target.ward);
  if (claims.patients.includes(target.patient)) return true;
  return patientWard !== undefined && claims.wards.includes(patientWard);
}
