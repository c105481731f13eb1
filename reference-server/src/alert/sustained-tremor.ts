import type { Alert, WindowDocument } from '@gaitway/contract';
import type { ModelFile } from '../infer/model-file.ts';
import { alertId, type WindowRule } from './rule.ts';

/** Tremor in at least this share of the scored slots of a window. */
const SHARE_MIN = 0.75;
/** And in at least this many of them, so that three lucky slots of a sparse window raise nothing. */
const SLOTS_MIN = 6;
/**
 * Rest tremor stops while the hand does something, and is there again when it rests: a pause as long as a meal is within an
 * episode, and nobody is to be called again after it. Of synthetic wrists that tremble in 121 windows a day this makes 7
 * alerts a day, and 10 minutes 23 (docs/inference.md).
 */
const EPISODE_GAP_MS = 30 * 60_000;

const NAME = 'sustained-tremor';

/**
 * Rest tremor that lasts through most of a window: 30 s at least with readings of 5 s, each of them by the threshold of the
 * model that scored it. A notice, not a call for help; the steps are those of MDS-UPDRS item 3.18, whose highest grade begins
 * above three quarters.
 */
export const sustainedTremor: WindowRule = {
  name: NAME,
  episodeGapMs: EPISODE_GAP_MS,
  onWindow(document: WindowDocument, { windowHeads }: ModelFile): Alert | undefined {
    const scored = document.slots.filter(({ tremor }) => tremor !== null);
    const positive = scored.filter(({ tremor }) => tremor! >= windowHeads.tremor.threshold).length;
    if (positive < SLOTS_MIN || positive < SHARE_MIN * scored.length) return undefined;
    const { patient, ward, startMs } = document;
    return {
      id: alertId(patient, NAME, startMs),
      patient,
      ward,
      rule: NAME,
      severity: 'notice',
      state: 'raised',
      atMs: startMs,
      says: `tremor in ${positive} of ${scored.length} slots of one window`,
    };
  },
};
