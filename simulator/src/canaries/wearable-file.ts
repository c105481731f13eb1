import { createRequire } from 'node:module';

/**
 * The committed program of the wearable; `wearable-test`: the one that understands two messages more; `wearable-next-test`: the
 * same as a later version.
 */
export function wearableFile(
  build: 'wearable' | 'wearable-test' | 'wearable-next-test' = 'wearable',
): string {
  return createRequire(import.meta.url).resolve(`@gaitway/firmware/${build}.hex`);
}
