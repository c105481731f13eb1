import { type Frame, FrameKind, Placement } from '@gaitway/contract';
import { builtInModel, FreezeWatch, MODEL_VERSION } from '@gaitway/reference-server';
import { expect, it } from 'vitest';
import { LivingPatients } from '../patients/fit/examples.ts';

const SEED = 4242;
const SLOT_MS = 5000;
const FULL = process.env.GAITWAY_TEST === 'full';
const PATIENTS = FULL ? 60 : 12;
const HOURS = FULL ? 4 : 1;
const SLOTS = (HOURS * 3600_000) / SLOT_MS;
/** Where in their day a patient is met: 8 in the morning, and later for each next one. */
const fromSlot = (patient: number) => 5760 + (patient % 12) * 720;

/**
 * Freezing alerts of synthetic patients with a device at the shank as they live, and which of them lie within a slot of a freeze. One
 * alert for each would be perfect; a nurse who is called in vain all day stops listening.
 */
it('freezing alerts on synthetic walkers stay below two false ones in an hour, and find freezes', () => {
  const model = builtInModel(MODEL_VERSION);
  const living = new LivingPatients(SEED, Placement.shank);
  let falseAlarms = 0;
  let freezes = 0;
  let found = 0;
  for (let patient = 0; patient < PATIENTS; patient++) {
    const watch = new FreezeWatch({ hold: () => {}, release: () => {} });
    const frozen: boolean[] = [];
    const alerts: number[] = [];
    for (let slot = 0; slot < SLOTS; slot++) {
      const { features, truth } = living.at(patient, fromSlot(patient) + slot);
      frozen.push(truth.freezing);
      const startMs = slot * SLOT_MS;
      const header = { kind: FrameKind.features, placement: Placement.shank, startMs, slotMs: SLOT_MS };
      const raised = watch.note({
        ...{ patient: `p${patient}`, ward: 'w0000', frame: header as Frame, entry: slot, model: model.file },
        ...{ scores: model.scoresOf(features), receivedAtMs: startMs + SLOT_MS },
      });
      if (raised.length > 0) alerts.push(slot);
    }
    const near = (slot: number) => frozen.slice(Math.max(0, slot - 1), slot + 2).some(Boolean);
    falseAlarms += alerts.filter((slot) => !near(slot)).length;
    for (let from = 0; from < SLOTS; from++) {
      if (!frozen[from] || frozen[from - 1]) continue;
      let to = from;
      while (frozen[to]) to++;
      freezes += 1;
      if (alerts.some((slot) => slot >= from - 1 && slot <= to)) found += 1;
    }
  }
  const says = `${falseAlarms} false alarms in ${PATIENTS * HOURS} h, ${found} of ${freezes} freezes found`;
  expect(falseAlarms / (PATIENTS * HOURS), says).toBeLessThan(2);
  expect(found / freezes, says).toBeGreaterThan(0.25);
  expect(freezes, says).toBeGreaterThan(FULL ? 100 : 2);
}, 120_000);
