import type { ServerParts } from '../simulated-server.ts';
import { claimsOfSimulatedToken, simulatedToken } from '../simulated-token.ts';

/** Takes the devices of two patients for each other's. */
export function swapsTwoPatients(one: string, other: string): ServerParts {
  const swapped: Record<string, string> = { [one]: other, [other]: one };
  return {
    gateway: (gateway) => ({
      open: (token, peer) => {
        const claims = claimsOfSimulatedToken(token);
        const patient = swapped[claims.patient] ?? claims.patient;
        return gateway.open(simulatedToken({ ...claims, patient }), peer);
      },
    }),
  };
}
