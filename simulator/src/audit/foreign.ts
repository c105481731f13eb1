import type { IdentityRange, WindowDocument } from '@gaitway/contract';
import type { Ledger } from '../ledger/ledger.ts';

/**
 * Whose readings are these, in a store that other runs write to as well? Every run begins its devices with a
 * boot of its own, so a reading under a boot outside of this run's range is another run's: its ledger would
 * know whether it was sent, ours cannot. A server that invents readings under such a boot cannot be told from
 * one that serves another run; they are counted apart (`foreign`) and prove nothing. In a store that the run
 * had for itself there is no other run: there the same readings are phantoms.
 */
export function isForeignRange(ledger: Ledger, { boot }: Pick<IdentityRange, 'boot'>): boolean {
  return !ledger.boots.has(boot);
}

/** A document of a shared store in which nothing can be this run's. */
export function isForeignDocument(ledger: Ledger, { patient, identities }: WindowDocument): boolean {
  const strange = ledger.indexOf(patient) === undefined;
  return identities.every(
    (range) => isForeignRange(ledger, range) || (strange && ledger.ownerOf(range.device) === undefined),
  );
}

/** How many readings a document names; a range that is none counts for nothing. */
export function readingsNamed({ identities }: WindowDocument): number {
  let named = 0;
  for (const { fromSeq, toSeq } of identities) if (toSeq >= fromSeq) named += toSeq - fromSeq + 1;
  return named;
}
