import type { DeviceClaims } from '@gaitway/contract';

/** A token of the simulation: the claims where a JWT has them, without a signature. */
export function simulatedToken(claims: DeviceClaims): string {
  return `.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
}

export function claimsOfSimulatedToken(token: string): DeviceClaims {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as DeviceClaims;
}
