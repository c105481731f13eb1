import type { Claims } from '@gaitway/contract';
import { jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { signToken, TOKEN_CHARACTERS_MAX } from './jwt-hs256.ts';
import { mayWatch, mintToken, verifyToken } from './tokens.ts';

const SECRET = 'a secret of the tests, forty characters.';
const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const NOW_SECONDS = NOW_MS / 1000;
const DEVICE: Claims = { role: 'device', device: 7, patient: 'p-7', ward: 'north' };
const DOCTOR: Claims = { role: 'doctor', viewer: 'd-1', patients: ['p-9'], wards: ['north'] };
const OPERATOR: Claims = { role: 'operator', operator: 'o-1' };

describe('tokens', () => {
  it.each([DEVICE, DOCTOR, OPERATOR])('of role $role say after verifying what was minted', (claims) => {
    expect(verifyToken(mintToken(claims, SECRET, 60, NOW_MS), SECRET, NOW_MS)).toEqual(claims);
  });

  it('are good until their last moment and expired at it', () => {
    const token = mintToken(DEVICE, SECRET, 60, NOW_MS);
    expect(verifyToken(token, SECRET, NOW_MS + 59_999)).toEqual(DEVICE);
    expect(verifyToken(token, SECRET, NOW_MS + 60_000)).toBe('token_expired');
  });

  it('cannot be minted without a life', () => {
    expect(() => mintToken(DEVICE, SECRET, 0, NOW_MS)).toThrow(RangeError);
    expect(() => mintToken(DEVICE, SECRET, Number.NaN, NOW_MS)).toThrow(RangeError);
  });

  it('that jose minted are verified', async () => {
    const token = await new SignJWT({ ...DOCTOR })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(NOW_SECONDS)
      .setExpirationTime(NOW_SECONDS + 60)
      .sign(new TextEncoder().encode(SECRET));
    expect(verifyToken(token, SECRET, NOW_MS)).toEqual(DOCTOR);
  });

  it('that we minted are verified by jose', async () => {
    const token = mintToken(DOCTOR, SECRET, 60, NOW_MS);
    const { payload } = await jwtVerify(token, new TextEncoder().encode(SECRET), {
      algorithms: ['HS256'],
      currentDate: new Date(NOW_MS),
    });
    expect(payload).toEqual({ ...DOCTOR, exp: NOW_SECONDS + 60 });
  });

  it.each([undefined, null, ''])('that are not there (%s) are missing', (token) => {
    expect(verifyToken(token, SECRET, NOW_MS)).toBe('token_missing');
  });

  const good = mintToken(DEVICE, SECRET, 60, NOW_MS);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${encode({ alg: 'none' })}.${good.split('.')[1]}.`;
  it.each([
    ['a number', 12],
    ['an object', { token: good }],
    ['text', 'hello'],
    ['two parts', 'a.b'],
    ['four parts', `${good}.x`],
    ['an empty header', `.${good}`],
    ['no algorithm', unsigned],
    ['another algorithm', good.replace(good.split('.')[0]!, encode({ alg: 'HS512' }))],
    ['one that is endless', 'a'.repeat(TOKEN_CHARACTERS_MAX + 1)],
  ])('that are %s are malformed', (_, token) => {
    expect(verifyToken(token, SECRET, NOW_MS)).toBe('token_malformed');
  });

  it('are refused when signed with another secret', () => {
    const foreign = mintToken(DEVICE, `${SECRET}!`, 60, NOW_MS);
    expect(verifyToken(foreign, SECRET, NOW_MS)).toBe('token_signature');
  });

  it('are refused when any one character was changed, added or cut', () => {
    for (let i = 0; i < good.length; i++) {
      const changed = `${good.slice(0, i)}${good[i] === 'A' ? 'B' : 'A'}${good.slice(i + 1)}`;
      expect(['token_signature', 'token_malformed']).toContain(verifyToken(changed, SECRET, NOW_MS));
    }
    expect(verifyToken(`${good}=`, SECRET, NOW_MS)).toBe('token_signature');
    expect(verifyToken(good.slice(0, -1), SECRET, NOW_MS)).toBe('token_signature');
  });

  const exp = NOW_SECONDS + 60;
  it.each([
    ['an expiry', { ...DEVICE }],
    ['a role', { exp, device: 1 }],
    ['a known role', { ...DEVICE, exp, role: 'king' }],
    ['a device', { exp, role: 'device', patient: 'p', ward: 'w' }],
    ['a whole device number', { ...DEVICE, exp, device: 1.5 }],
    ['a device number that is not negative', { ...DEVICE, exp, device: -1 }],
    ['a patient', { ...DEVICE, exp, patient: '' }],
    ['a ward', { ...DEVICE, exp, ward: 3 }],
    ['a viewer', { ...DOCTOR, exp, viewer: undefined }],
    ['patients', { ...DOCTOR, exp, patients: 'p-9' }],
    ['wards', { ...DOCTOR, exp, wards: [1] }],
    ['an operator', { exp, role: 'operator' }],
    ['a start that has come', { ...DEVICE, exp, nbf: NOW_SECONDS + 1 }],
  ])('without %s lack a claim', (_, claims) => {
    expect(verifyToken(signToken(claims, SECRET), SECRET, NOW_MS)).toBe('token_claims');
  });

  it('keep nothing that their role does not have', () => {
    const token = signToken({ ...OPERATOR, exp, patients: ['p-1'], role2: 'x' }, SECRET);
    expect(verifyToken(token, SECRET, NOW_MS)).toEqual(OPERATOR);
  });
});

describe('who may watch', () => {
  it('is the operator for everyone and a device for nobody, itself included', () => {
    expect(mayWatch(OPERATOR, { patient: 'p-1' }, undefined)).toBe(true);
    expect(mayWatch(OPERATOR, { ward: 'south' }, undefined)).toBe(true);
    expect(mayWatch(DEVICE, { patient: 'p-7' }, 'north')).toBe(false);
    expect(mayWatch(DEVICE, { ward: 'north' }, undefined)).toBe(false);
  });

  it('is a viewer for listed patients, and for patients of listed wards', () => {
    expect(mayWatch(DOCTOR, { patient: 'p-9' }, 'south')).toBe(true);
    expect(mayWatch(DOCTOR, { patient: 'p-1' }, 'north')).toBe(true);
    expect(mayWatch(DOCTOR, { patient: 'p-1' }, 'south')).toBe(false);
    expect(mayWatch(DOCTOR, { patient: 'p-1' }, undefined)).toBe(false);
    expect(mayWatch(DOCTOR, { ward: 'north' }, undefined)).toBe(true);
    expect(mayWatch(DOCTOR, { ward: 'south' }, 'north')).toBe(false);
  });
});
