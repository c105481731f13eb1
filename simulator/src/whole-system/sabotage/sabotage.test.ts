import { AUDIT_FAULTS, type AuditCategory, WINDOW_SETTINGS_DEFAULT } from '@gaitway/contract';
import { describe, expect, it } from 'vitest';
import { NO_LINK_FAULTS } from '../../transport/memory/link-faults.ts';
import { simulateSystem } from '../simulate.ts';
import type { ServerParts } from '../simulated-server.ts';
import type { SimulationResult } from '../simulation-result.ts';
import { NO_SYSTEM_FAULTS, SYSTEM_FAULTS_DEFAULT, type SystemFaults } from '../system-faults.ts';
import { FULL, TEST_POPULATION } from '../testing/seeds.ts';
import { acknowledgesEarlyAndCrashes } from './acknowledges-early-and-crashes.ts';
import { acknowledgesOneTooFar } from './acknowledges-one-too-far.ts';
import { assessesAnotherWindow } from './assesses-another-window.ts';
import { closesWindowsEarly } from './closes-windows-early.ts';
import { discardsLateReadings } from './discards-late-readings.ts';
import { doubleCountsRetries } from './double-counts-retries.ts';
import { dropsLastOfWindow } from './drops-last-of-window.ts';
import { dropsOneIn } from './drops-one-in.ts';
import { inventsABoot } from './invents-a-boot.ts';
import { neverAcknowledges } from './never-acknowledges.ts';
import { showsAForeignPatient } from './shows-a-foreign-patient.ts';
import { showsWhatNobodySent } from './shows-what-nobody-sent.ts';
import { storesAnotherPayload } from './stores-another-payload.ts';
import { storesOneWindowTwice } from './stores-one-window-twice.ts';
import { swapsTwoPatients } from './swaps-two-patients.ts';

/** Short outages, so that devices come back with readings that are late; gateways that die; appends that fail. */
const FAULTS: SystemFaults = {
  ...SYSTEM_FAULTS_DEFAULT,
  processorCrashEveryMs: 60_000,
  processorStallEveryMs: 180_000,
  gatewayCrashEveryMs: 60_000,
  leaseLossEveryMs: 90_000,
  forgottenAppendShare: 0.01,
  outageEveryMs: 120_000,
  outageMs: { min: 20_000, max: 45_000 },
};

function run(parts: ServerParts, over: { patients?: number; hours?: number; faults?: SystemFaults } = {}) {
  return simulateSystem({
    seed: 11,
    patients: 30,
    hours: 0.15,
    faults: FAULTS,
    population: TEST_POPULATION,
    ...over,
    parts,
  });
}

function red({ audit }: SimulationResult): Partial<Record<AuditCategory, number>> {
  const failing = AUDIT_FAULTS.filter((category) => audit[category] > 0);
  return Object.fromEntries(failing.map((category) => [category, audit[category]]));
}

/** What the audit says first of a category. */
function sentence({ audit }: SimulationResult, category: AuditCategory): string {
  return audit.examples.find((example) => example.category === category)?.says ?? 'nothing';
}

const LOST =
  /^Patient p\d{6}, window 2026-.*, device \d+ boot 1 seq [\d-]+: expected acknowledged readings in the document of their window; they are in no document\.$/;

describe('the honest server', () => {
  it('is green under the faults that the saboteurs are given', async () => {
    const result = await run({});
    expect(red(result)).toEqual({});
    expect(result.audit.verdict).toBe('holds');
    expect(result.audit.late).toBeGreaterThan(0);
    expect(result.audit.compared.recomputed).toBeGreaterThan(3);
    expect(result.faults.gatewayCrashes).toBeGreaterThan(3);
    expect(result.faults.appendsForgotten).toBeGreaterThan(3);
  });
});

describe('a sabotaged server', () => {
  it('that acknowledges early and crashes loses what was not yet written', async () => {
    const result = await run(acknowledgesEarlyAndCrashes());
    expect(Object.keys(red(result))).toEqual(['lost']);
    expect(sentence(result, 'lost')).toMatch(LOST);
  });

  it('that drops one reading in a hundred loses them', async () => {
    const result = await run(dropsOneIn(100), { faults: NO_SYSTEM_FAULTS });
    expect(red(result)).toEqual({ lost: Math.floor(result.readings / 100) });
    expect(sentence(result, 'lost')).toMatch(LOST);
  });

  it.runIf(FULL)('that drops one in 10,000 loses them', async () => {
    const result = await run(dropsOneIn(10_000), { patients: 150, hours: 0.5, faults: NO_SYSTEM_FAULTS });
    expect(red(result)).toEqual({ lost: Math.floor(result.readings / 10_000) });
    expect(result.readings).toBeGreaterThan(50_000);
    expect(sentence(result, 'lost')).toMatch(LOST);
  });

  it('that counts a retry twice duplicates', async () => {
    const result = await run(doubleCountsRetries());
    expect(Object.keys(red(result))).toEqual(['duplicated']);
    expect(sentence(result, 'duplicated')).toMatch(/^Patient p\d{6}, window 2026-/);
  });

  it('that swaps two patients misattributes the readings of both, and does not lose them', async () => {
    const result = await run(swapsTwoPatients('p000007', 'p000012'));
    expect(Object.keys(red(result))).toEqual(['misattributed']);
    expect(sentence(result, 'misattributed')).toMatch(
      /^Patient p0000(07|12), window .* readings of the device of patient p0000(07|12)/,
    );
  });

  it('that closes windows early and takes nothing afterwards loses the rest', async () => {
    const result = await run(closesWindowsEarly(), { faults: NO_SYSTEM_FAULTS });
    expect(Object.keys(red(result))).toEqual(['lost']);
    expect(result.audit.lost).toBeGreaterThan(0.2 * result.readings);
    expect(sentence(result, 'lost')).toMatch(LOST);
  });

  it('that drops the last reading of each window loses one a window', async () => {
    const result = await run(dropsLastOfWindow(WINDOW_SETTINGS_DEFAULT));
    expect(Object.keys(red(result))).toEqual(['lost']);
    expect(result.audit.lost / result.audit.compared.windows.complete).toBeGreaterThan(0.8);
    expect(sentence(result, 'lost')).toMatch(LOST);
  });

  it('that discards late readings loses them', async () => {
    const result = await run(discardsLateReadings());
    expect(Object.keys(red(result))).toEqual(['lost']);
    expect(sentence(result, 'lost')).toMatch(LOST);
  });

  it('that stores the right numbers with the payload of another reading has wrong content', async () => {
    const result = await run(storesAnotherPayload(50));
    expect(Object.keys(red(result))).toEqual(['wrongContent']);
    expect(sentence(result, 'wrongContent')).toMatch(/^Patient p\d{6}, window 2026-.* expected .*digest/);
  });

  it('that acknowledges one too far loses the reading that it never had', async () => {
    const result = await run(acknowledgesOneTooFar());
    expect(Object.keys(red(result))).toEqual(['lost']);
    expect(sentence(result, 'lost')).toMatch(LOST);
  });

  it('that keeps one window under two ids duplicates', async () => {
    const result = await run(storesOneWindowTwice(20));
    expect(Object.keys(red(result))).toEqual(['duplicated']);
    expect(sentence(result, 'duplicated')).toMatch(/^Patient p\d{6}, window 2026-/);
  });

  it('that shows a viewer a foreign patient is caught at the viewer', async () => {
    const result = await run(showsAForeignPatient('p000020', 'p000001'));
    expect(Object.keys(red(result))).toEqual(['seenByForbiddenViewer']);
    expect(sentence(result, 'seenByForbiddenViewer')).toContain('p000020');
  });

  it('that assesses a window by the scores of another has wrong content where that is recomputed', async () => {
    const result = await run(assessesAnotherWindow());
    expect(red(result)).toEqual({ wrongContent: result.audit.compared.recomputed });
    expect(sentence(result, 'wrongContent')).toMatch(
      /^Patient p\d{6}, .* that differ, the first: slot \d+ is /,
    );
  });

  it('that invents readings under a boot that no device had makes phantoms', async () => {
    const result = await run(inventsABoot(20));
    expect(Object.keys(red(result))).toEqual(['phantom']);
    expect(sentence(result, 'phantom')).toMatch(
      /^Patient p\d{6}, window 2026-.* boot 4711 .* no device made/,
    );
  });

  it('that shows viewers what nobody sent, and nothing else, is caught at the viewer', async () => {
    const result = await run(showsWhatNobodySent());
    expect(red(result)).toEqual({ phantom: result.audit.compared.watched });
    expect(sentence(result, 'phantom')).toMatch(
      /^Viewer viewer-\d saw a reading of patient p\d{6} that nobody sent/,
    );
  });

  it('that never acknowledges 6 % of frames cannot show a p95 below the acknowledgement time-out', async () => {
    const quiet = { ...NO_SYSTEM_FAULTS, links: { ...NO_LINK_FAULTS, delayMs: { min: 5, max: 5 } } };
    const honest = await run({}, { faults: quiet });
    expect(honest.latency.p95Ms).toBeLessThan(500);
    const result = await run(neverAcknowledges(0.06), { faults: quiet });
    expect(result.latency.p95Ms).toBeGreaterThan(2000);
    expect(result.latency.count).toBe(result.readings);
  });
});
