import { Placement } from '@gaitway/contract';
import type { Gauge, Meter } from '../../observe/meter.ts';
import type { ModelFile, PlacementName } from '../model-file.ts';
import { type SignalFeature, type SignalFeatures, signalFeatureIndex } from '../signal-features.ts';
import { binOf, stabilityIndex } from './bins.ts';

/** A look is complete after so many slots: then chance alone moves the index by less than 0.01. */
export const DRIFT_SLOTS = 2000;

/** Which model of a server: labels are bounded, versions are not. */
export type ModelRole = 'current' | 'candidate';

interface WatchedFeature {
  index: number;
  edges: Float64Array;
  shares: Float64Array;
  counts: Uint32Array;
  gauge: Gauge;
}

interface WatchedPlacement {
  name: PlacementName;
  /** Of the look that is under way. */
  slots: number;
  /** The greatest index of the last complete look; `null`: there was none. */
  greatest: number | null;
  features: WatchedFeature[];
}

/**
 * How far the slots that a model sees are from those that it was calibrated on: the population stability index of each
 * feature, by placement, over one look of {@link DRIFT_SLOTS} slots after the other. It counts slots and reads no clock. A
 * placement without a training distribution is not watched.
 */
export class DriftWatch {
  /** By the number of the placement. */
  private readonly placements: (WatchedPlacement | undefined)[] = [];

  constructor({ training }: ModelFile, role: ModelRole, meter: Meter) {
    for (const [placement, trained] of Object.entries(training)) {
      const features = Object.entries(trained.features).map(([feature, { edges, shares }]) => ({
        index: signalFeatureIndex(feature as SignalFeature),
        edges: Float64Array.from(edges),
        shares: Float64Array.from(shares),
        counts: new Uint32Array(shares.length),
        gauge: meter.gauge('modelDrift', { model: role, placement, feature }),
      }));
      const name = placement as PlacementName;
      this.placements[Placement[name]] = { name, slots: 0, greatest: null, features };
    }
  }

  /** The greatest index of the last complete look at each placement: one that drifts hides behind no other. 0 before the first look. */
  get index(): number {
    return Math.max(0, ...this.placements.flatMap((watched) => watched?.greatest ?? []));
  }

  /** Placements that report here, of which no look is complete: nothing is known of their drift. */
  get unlooked(): PlacementName[] {
    return this.placements.flatMap((watched) =>
      watched && watched.greatest === null && watched.slots > 0 ? [watched.name] : [],
    );
  }

  /** Called for every reading. */
  observe({ fault, placement, values }: SignalFeatures): void {
    const watched = fault === null ? this.placements[placement] : undefined;
    if (watched === undefined) return;
    for (const { index, edges, counts } of watched.features) counts[binOf(edges, values[index]!)]! += 1;
    watched.slots += 1;
    if (watched.slots === DRIFT_SLOTS) this.complete(watched);
  }

  private complete(watched: WatchedPlacement): void {
    let greatest = 0;
    for (const { shares, counts, gauge } of watched.features) {
      const index = stabilityIndex(shares, counts);
      gauge.set(index);
      if (index > greatest) greatest = index;
      counts.fill(0);
    }
    watched.greatest = greatest;
    watched.slots = 0;
  }
}
