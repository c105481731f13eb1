import { createRequire } from 'node:module';

/** The committed program of the wearable; `wearable-test`: the one that understands two messages more. */
export function wearableFile(build: 'wearable' | 'wearable-test' = 'wearable'): string {
  return createRequire(import.meta.url).resolve(`@gaitway/firmware/${build}.hex`);
}
