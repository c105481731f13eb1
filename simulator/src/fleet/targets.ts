import type { LinkTarget } from '../transport/transport.ts';

/**
 * Every pairing of instance and source address, ordered so that neighbours lie on different instances: a
 * device that goes to the next target goes to another instance, and from all of them the load is even.
 */
export function targetsOf(urls: readonly string[], sourceAddresses: readonly string[] = []): LinkTarget[] {
  if (sourceAddresses.length === 0) return urls.map((url) => ({ url }));
  return sourceAddresses.flatMap((localAddress) => urls.map((url) => ({ url, localAddress })));
}
